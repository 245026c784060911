/** The small files of an exported folder. */
import type { ModelFile } from '../../engine/onnx/export/model-files.ts'

/** In the order it was read: that of a vocabulary may matter. */
export const plainJson = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)

export const jsonFile = (name: string, bytes: Uint8Array<ArrayBuffer>): ModelFile => ({
  name,
  bytes: bytes.length,
  read: async function* () {
    yield bytes
  },
})

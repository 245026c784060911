/** Float32 arrays to safetensors and back, for adapters wherever they are written. */
import { HomespunError } from '../errors.ts'
import { memorySource } from '../hub/byte-source.ts'
import { shownName } from '../hub/safetensors/header-json.ts'
import { readSafetensorsHeader } from '../hub/safetensors/read-header.ts'
import { readTensorAsFloat32 } from '../hub/safetensors/read-tensor.ts'
import { writeSafetensors } from '../hub/safetensors/write.ts'
import type { TensorLocation } from '../hub/types.ts'
import type { LinearModule, LoraPair } from './types.ts'

export interface FloatTensor {
  name: string
  shape: readonly number[]
  data: Float32Array
}

/** A safetensors file of F32 tensors; the bytes depend on content only. */
export function writeTensors(tensors: readonly FloatTensor[], metadata: Record<string, string>): Uint8Array<ArrayBuffer> {
  return writeSafetensors(tensors.map(({ name, shape, data }) => ({
    name, dtype: 'F32', shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  })), metadata)
}

/** The tensors of such a file, by name. Throws 'safetensors-…'. */
export async function readTensors(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Map<string, Float32Array>> {
  const { tensors } = await readSafetensorsHeader(memorySource(name, bytes))
  const read = new Map<string, Float32Array>()
  for (const tensor of tensors) read.set(tensor.name, await readTensorAsFloat32(tensor))
  return read
}

/** Reads A and B of a located pair as float32. Throws 'adapter-not-finite' where either holds NaN or infinity. */
export async function readPair({ a, b, ...layer }: LinearModule & { a: TensorLocation; b: TensorLocation }): Promise<LoraPair> {
  const pair = { ...layer, a: await readTensorAsFloat32(a), b: await readTensorAsFloat32(b) }
  checkFinite(pair)
  return pair
}

function checkFinite({ module, a, b }: LoraPair): void {
  const index = Math.max(firstBad(a), firstBad(b))
  if (index < 0) return
  throw new HomespunError('adapter-not-finite', 'This adapter holds numbers that are NaN or infinite, so no answer could come of it.', {
    where: `${shownName(module)}, element ${index}`, fix: 'Use an earlier copy; training it at a lower learning rate avoids this.',
  })
}

function firstBad(values: Float32Array): number {
  return values.findIndex((value) => !Number.isFinite(value))
}

/** Safetensors files for tests, also broken ones: a header as text or bytes, then data, with no check whatever. */
import { memorySource } from '../../src/hub/byte-source.ts'
import { readSafetensorsHeader, type SafetensorsHeader } from '../../src/hub/safetensors/read-header.ts'
import type { ByteSource } from '../../src/hub/types.ts'

export function buildFile(header: unknown, dataBytes = 0, length?: bigint): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? header : JSON.stringify(header)
  const bytes = header instanceof Uint8Array ? header : new TextEncoder().encode(text)
  const file = new Uint8Array(8 + bytes.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(bytes.length), true)
  file.set(bytes, 8)
  for (let i = 0; i < dataBytes; i++) file[8 + bytes.length + i] = i & 0xff
  return file
}

/** A tensor's entry in a header. */
export function entry(begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype: unknown = 'F32') {
  return { dtype, shape, data_offsets: [begin, end] }
}

export function readBytes(bytes: Uint8Array): Promise<SafetensorsHeader> {
  return readSafetensorsHeader(memorySource('model.safetensors', bytes))
}

/** A source that notes what is read of it, and that may claim any size. */
export function watchedSource(bytes: Uint8Array, size = bytes.length): ByteSource & { reads: [number, number][] } {
  const reads: [number, number][] = []
  return {
    name: 'model.safetensors',
    size,
    reads,
    read(begin, end) {
      reads.push([begin, end])
      return Promise.resolve(new Uint8Array(bytes.subarray(begin, end)))
    },
  }
}

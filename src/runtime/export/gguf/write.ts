/**
 * GGUF version 3, little-endian, as ggml's gguf.h describes it: header, metadata, what the tensors are, and their numbers, each
 * beginning at a multiple of 32 bytes.
 */

/** Of ggml: `GGUF_TYPE_…` of metadata, `GGML_TYPE_…` of tensors. */
export const VALUE_TYPE = { uint32: 4, float32: 6, string: 8 } as const
export const TENSOR_TYPE = { f32: 0, f16: 1 } as const
export const [MAGIC, VERSION, ALIGNMENT] = [0x46554747, 3, 32]

export interface GgufValue {
  readonly key: string
  readonly type: keyof typeof VALUE_TYPE
  readonly value: string | number
}

export interface GgufTensor {
  readonly name: string
  /** As in NumPy, the slowest dimension first; the file has them the other way round. */
  readonly shape: readonly number[]
  readonly type: keyof typeof TENSOR_TYPE
  readonly bytes: Uint8Array<ArrayBuffer>
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/** The file, in pieces. */
export function writeGguf(values: readonly GgufValue[], tensors: readonly GgufTensor[]): Uint8Array<ArrayBuffer>[] {
  const pieces = [uint32(MAGIC), uint32(VERSION), uint64(tensors.length), uint64(values.length)]
  for (const { key, type, value } of values) pieces.push(text(key), uint32(VALUE_TYPE[type]), encoded(type, value))
  let offset = 0
  for (const { name, shape, type, bytes } of tensors) {
    pieces.push(text(name), uint32(shape.length), ...[...shape].reverse().map(uint64), uint32(TENSOR_TYPE[type]), uint64(offset))
    offset += aligned(bytes.length)
  }
  pieces.push(padding(pieces.reduce((sum, { length }) => sum + length, 0)))
  for (const { bytes } of tensors) pieces.push(bytes, padding(bytes.length))
  return pieces
}

function encoded(type: GgufValue['type'], value: string | number): Uint8Array<ArrayBuffer> {
  if (type === 'string') return text(String(value))
  return type === 'uint32' ? uint32(Number(value)) : new Uint8Array(Float32Array.of(Number(value)).buffer)
}

const padding = (bytes: number) => new Uint8Array(aligned(bytes) - bytes)
const uint32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer)
const uint64 = (value: number) => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)

function text(value: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(value)
  const all = new Uint8Array(8 + bytes.length)
  all.set(uint64(bytes.length))
  all.set(bytes, 8)
  return all
}

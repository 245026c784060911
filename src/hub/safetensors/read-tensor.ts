/** Data of located tensors: small ones at once, large ones in chunks, so that no whole shard is ever in memory. */
import type { TensorLocation } from '../types.ts'
import { decodeToFloat32 } from './decode.ts'

/** Between the cost of a read (small chunks) and memory (large ones). */
const defaultChunkBytes = 8 * 2 ** 20
/** The largest element: a chunk that is a multiple of it never cuts one. */
const largestElementBytes = 8

/** All bytes of a tensor, for small ones. Throws 'file-unreadable'. */
export function readTensor(location: TensorLocation): Promise<Uint8Array<ArrayBuffer>> {
  return location.source.read(location.begin, location.end)
}

/** All elements of a small floating-point tensor. Throws 'file-unreadable' and 'dtype-not-float'. */
export async function readTensorAsFloat32(location: TensorLocation): Promise<Float32Array<ArrayBuffer>> {
  return decodeToFloat32(await readTensor(location), location.dtype)
}

/**
 * The bytes of a tensor in order, in chunks of at most `chunkBytes` (rounded down to whole elements, at least 8 bytes).
 * A chunk is read when it is asked for; an empty tensor gives none. Throws 'file-unreadable'.
 */
export async function* streamTensor(
  location: TensorLocation,
  chunkBytes = defaultChunkBytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const stride = Math.max(largestElementBytes, chunkBytes - (chunkBytes % largestElementBytes))
  for (let begin = location.begin; begin < location.end; begin += stride) {
    yield await location.source.read(begin, Math.min(begin + stride, location.end))
  }
}

/** The rows of a large matrix as float32, some whole rows at a time, whatever the chunks they are read in. */
import { decodeToFloat32 } from '../hub/safetensors/decode.ts'
import { streamTensor } from '../hub/safetensors/read-tensor.ts'
import type { TensorLocation } from '../hub/types.ts'

/**
 * All rows of `columns` numbers in order; none is cut. `onChunk` hears of every chunk's bytes on disk. `chunkBytes` as in
 * `streamTensor`. Throws 'file-unreadable' and 'dtype-not-float'.
 */
export async function* streamRows(
  tensor: TensorLocation, columns: number, onChunk: (bytes: number) => void = () => undefined, chunkBytes?: number,
): AsyncGenerator<Float32Array<ArrayBuffer>, void, void> {
  let rest = new Float32Array(0)
  for await (const chunk of streamTensor(tensor, chunkBytes)) {
    const values = decodeToFloat32(chunk, tensor.dtype)
    const all = rest.length ? joined(rest, values) : values
    const whole = all.length - (all.length % columns)
    if (whole) yield all.subarray(0, whole)
    rest = all.slice(whole)
    onChunk(chunk.byteLength)
  }
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const all = new Float32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

/** A checkpoint tensor onto the GPU, chunk by chunk: as stored, widened to f32, or quantised, as the weight is kept. */
import type { Value } from '../engine/graph.ts'
import { isQuantised, weightStorage } from '../engine/kernel.ts'
import { quantiseRows } from '../engine/quantised/rows.ts'
import type { GpuMemory } from '../engine/webgpu/memory.ts'
import { decodeToFloat32 } from '../hub/safetensors/decode.ts'
import { streamTensor } from '../hub/safetensors/read-tensor.ts'
import type { TensorLocation } from '../hub/types.ts'
import { streamRows } from './stream-rows.ts'

/** Writes all of `tensor`; `onChunk` hears of every chunk's bytes on disk. */
export async function streamWeight(memory: GpuMemory, weight: Value, tensor: TensorLocation, onChunk: (bytes: number) => void): Promise<void> {
  let offset = 0
  for await (const bytes of encodedChunks(weight, tensor, onChunk)) {
    memory.writeWeight(weight, offset, bytes)
    offset += bytes.byteLength
  }
}

async function* encodedChunks(weight: Value, tensor: TensorLocation, onChunk: (bytes: number) => void): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const storage = weightStorage(weight)
  if (isQuantised(storage)) {
    const columns = weight.shape[1]!
    for await (const rows of streamRows(tensor, columns, onChunk)) yield new Uint8Array(quantiseRows(rows, columns, storage).buffer)
    return
  }
  const widen = storage === 'f32' && tensor.dtype !== 'F32'
  for await (const chunk of streamTensor(tensor)) {
    yield widen ? new Uint8Array(decodeToFloat32(chunk, tensor.dtype).buffer) : padToWords(chunk)
    onChunk(chunk.byteLength)
  }
}

/** Queue writes take whole words; only the last chunk of a tensor with an odd count of 16-bit numbers lacks half of one. */
function padToWords(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0) return bytes
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4)
  padded.set(bytes)
  return padded
}

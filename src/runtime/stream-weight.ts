/** A checkpoint tensor onto the GPU, chunk by chunk, widened to f32 where the weight is kept so. */
import type { Value } from '../engine/graph.ts'
import { weightStorage } from '../engine/kernel.ts'
import type { GpuMemory } from '../engine/webgpu/memory.ts'
import { decodeToFloat32 } from '../hub/safetensors/decode.ts'
import { streamTensor } from '../hub/safetensors/read-tensor.ts'
import type { TensorLocation } from '../hub/types.ts'

/** Writes all of `tensor`; `onChunk` hears of every chunk's bytes on disk. */
export async function streamWeight(memory: GpuMemory, weight: Value, tensor: TensorLocation, onChunk: (bytes: number) => void): Promise<void> {
  const widen = weightStorage(weight) === 'f32' && tensor.dtype !== 'F32'
  let offset = 0
  for await (const chunk of streamTensor(tensor)) {
    const bytes = widen ? new Uint8Array(decodeToFloat32(chunk, tensor.dtype).buffer) : padToWords(chunk)
    memory.writeWeight(weight, offset, bytes)
    offset += bytes.byteLength
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

/** Float32 numbers as a checkpoint stores them. Little-endian, as safetensors prescribes and every device with WebGPU or Wasm is. */
import { toFloat16 } from '../../engine/onnx/export/float16.ts'
import { HomespunError } from '../../errors.ts'
import type { SafetensorsDtype } from '../../hub/types.ts'

/**
 * Each number as the nearest one of `dtype`, ties to even. `where` names the tensor. Throws 'export-half-overflow' where F16
 * cannot hold a number, 'dtype-unsupported' for what is not F32, BF16 or F16.
 */
export function storeFloats(values: Float32Array<ArrayBuffer>, dtype: SafetensorsDtype, where: string): Uint8Array<ArrayBuffer> {
  if (dtype === 'F32') return bytesOf(values)
  if (dtype === 'BF16') return bytesOf(toBfloat16(values))
  if (dtype !== 'F16') {
    throw new HomespunError('dtype-unsupported', `A weight is stored as ${dtype}, which Homespun does not write.`, { where })
  }
  const halves = toFloat16(values)
  if (halves) return bytesOf(halves)
  throw new HomespunError('export-half-overflow', 'A weight is too large for half precision (fp16), which ends at 65,504.', {
    where,
    fix: 'Export the adapter as itself: PEFT reads it beside its base.',
  })
}

/** Bits of the nearest bfloat16 (the upper half of a float32) of each finite number. */
function toBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) halves[i] = (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16
  return halves
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>) =>
  new Uint8Array(buffer, byteOffset, byteLength)

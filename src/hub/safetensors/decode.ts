/** Stored element types to float32. Little-endian, as safetensors prescribes and every device with WebGPU or Wasm is. */
import { HomespunError } from '../../errors.ts'
import type { SafetensorsDtype } from '../types.ts'
import { dtypeBytes } from './dtypes.ts'

/**
 * Elements of a floating-point dtype as float32, a fresh array. Exact for F32, F16 and BF16 (NaN bits too);
 * F64 is rounded to nearest. `bytes` may begin at any address.
 * Throws 'dtype-not-float' and 'tensor-bytes-uneven'.
 */
export function decodeToFloat32(bytes: Uint8Array, dtype: SafetensorsDtype): Float32Array<ArrayBuffer> {
  const size = dtypeBytes[dtype]
  if (bytes.length % size !== 0) {
    throw new HomespunError('tensor-bytes-uneven', `${bytes.length} bytes are no whole number of ${dtype} elements.`)
  }
  const count = bytes.length / size
  switch (dtype) {
    case 'F32': {
      const values = new Float32Array(count)
      new Uint8Array(values.buffer).set(bytes)
      return values
    }
    case 'F64':
      return Float32Array.from(new Float64Array(new Uint8Array(bytes).buffer))
    case 'BF16':
      return widen(halves(bytes), (half) => half << 16)
    case 'F16':
      return widen(halves(bytes), float16Bits)
    default: {
      const what = `A tensor holds ${dtype} numbers where floating-point weights are needed.`
      const fix = 'Quantized models cannot be read: bring the model in F32, F16 or BF16.'
      throw new HomespunError('dtype-not-float', what, { fix })
    }
  }
}

/** The bytes as 16-bit words; copied where they begin at an odd address. */
function halves(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes)
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2)
}

function widen(source: Uint16Array, toBits: (half: number) => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(source.length)
  // Written as bits: a NaN that passes through a JS number may lose its payload.
  const bits = new Uint32Array(values.buffer)
  for (let i = 0; i < source.length; i++) bits[i] = toBits(source[i]!)
  return values
}

/** Bits of the float32 with the value of an IEEE 754 half (1 sign, 5 exponent, 10 fraction bits). */
function float16Bits(half: number): number {
  const sign = (half & 0x8000) << 16
  const magnitude = half & 0x7fff
  if (magnitude >= 0x7c00) return sign | 0x7f800000 | ((magnitude & 0x3ff) << 13)
  if (magnitude >= 0x0400) return sign | ((magnitude << 13) + ((127 - 15) << 23))
  if (magnitude === 0) return sign
  // Subnormal: fraction · 2^-24. Move its leading 1 to the place that a normal number implies.
  const shift = Math.clz32(magnitude) - 21
  return sign | ((127 - 14 - shift) << 23) | (((magnitude << shift) & 0x3ff) << 13)
}

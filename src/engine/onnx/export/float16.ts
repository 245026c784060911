/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */

/** From here on numbers round to infinity: 65504, the largest half, plus half its spacing. */
const OVERFLOW = 65520
const [HALF_ULP, BIAS_STEP] = [0xfff, (127 - 15) << 23]
/** The smallest normal half, 2^-14, as bits of a float32. */
const SMALLEST_NORMAL = (127 - 14) << 23
const POINT_FIVE = 0x3f000000

/** Bits of the nearest half of each number, ties to even. Undefined where one is too large, or not a number. */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> | undefined {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  const [scratch, scratchBits] = scratchNumber()
  for (let i = 0; i < values.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff
    if (magnitude < SMALLEST_NORMAL) {
      // Next to 0.5 a float32 is spaced by 2^-24, as subnormal halves are: the addition rounds, and counts them.
      scratch[0] = Math.abs(values[i]!) + 0.5
      halves[i] = scratchBits[0]! - POINT_FIVE
    } else {
      if (!(Math.abs(values[i]!) < OVERFLOW)) return undefined
      halves[i] = (magnitude + HALF_ULP + ((magnitude >>> 13) & 1) - BIAS_STEP) >>> 13
    }
    halves[i]! |= (bits[i]! >>> 16) & 0x8000
  }
  return halves
}

function scratchNumber(): [Float32Array, Uint32Array] {
  const number = new Float32Array(1)
  return [number, new Uint32Array(number.buffer)]
}

/**
 * Scale and minimum of a group of int4 codes with little squared error. Codes and the line through them are fitted in turns:
 * the nearest codes for a line, then the least-squares line for the codes. Begun at the group's ends, the error is a third below
 * that of the best symmetric scale on normal numbers, in as many bits.
 */

/** Numbers that share a scale and a minimum. */
export const GROUP = 32

const LEVELS = 15
/** Lines that are tried: more take longer and find little. */
const ROUNDS = 3

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** Upper half of the f32 nearest to a number that bf16 holds: to nearest, ties to even. */
export function toBf16(value: number): number {
  float[0] = value
  return (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) >>> 16
}

function rounded(value: number): number {
  const half = toBf16(value)
  bits[0] = half << 16
  return float[0]!
}

/** The largest bf16 number that is not above `value`. */
function roundedDown(value: number): number {
  const nearest = rounded(value)
  if (!(nearest > value)) return nearest
  const half = toBf16(nearest)
  // One step down: towards zero for positive numbers, away from it for others.
  bits[0] = (nearest > 0 ? half - 1 : half + 1) << 16
  return float[0]!
}

export interface GroupFit {
  /** Both exact in bf16. */
  scale: number
  minimum: number
}

/** The nearest code, 0 … 15, of a number that lies so many steps above the minimum. */
const nearestCode = (steps: number) => (steps > 0 ? (steps < LEVELS ? (steps + 0.5) | 0 : LEVELS) : 0)

/** A line through values [begin, end), at most `GROUP` of them. */
export function fitGroup(values: Float32Array, begin: number, end: number): GroupFit {
  let lowest = Infinity
  let highest = -Infinity
  let sum = 0
  let squares = 0
  for (let i = begin; i < end; i++) {
    const value = values[i]!
    if (value < lowest) lowest = value
    if (value > highest) highest = value
    sum += value
    squares += value * value
  }
  if (Number.isNaN(sum)) return { scale: NaN, minimum: NaN }
  const count = end - begin
  let minimum = roundedDown(lowest)
  let scale = rounded((highest - minimum) / LEVELS)
  const best = { scale, minimum }
  let least = Infinity
  for (let round = 1; scale > 0; round++) {
    const inverse = 1 / scale
    let codeSum = 0
    let codeSquares = 0
    let products = 0
    for (let i = begin; i < end; i++) {
      const value = values[i]!
      const code = nearestCode((value - minimum) * inverse)
      codeSum += code
      codeSquares += code * code
      products += code * value
    }
    const error = squares - 2 * (minimum * sum + scale * products) + minimum * (count * minimum + 2 * scale * codeSum) + scale * scale * codeSquares
    if (error < least) {
      least = error
      best.scale = scale
      best.minimum = minimum
    }
    const variance = codeSquares - (codeSum * codeSum) / count
    if (round === ROUNDS || !(variance > 0)) break
    scale = rounded((products - (codeSum * sum) / count) / variance)
    minimum = rounded((sum - scale * codeSum) / count)
  }
  return best
}

/** Nearest codes of values [begin, end), a half byte each, into words from `at` on; begin falls on a whole word. */
export function encodeGroup(values: Float32Array, begin: number, end: number, { scale, minimum }: GroupFit, words: Uint32Array, at: number): void {
  const inverse = scale > 0 ? 1 / scale : 0
  for (let i = begin; i < end; at++) {
    let word = 0
    for (let shift = 0; shift < 32 && i < end; shift += 4, i++) word |= nearestCode((values[i]! - minimum) * inverse) << shift
    words[at] = word
  }
}

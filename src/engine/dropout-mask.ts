/** Dropout masks made on the CPU, with the bits that the kernel makes: for engines whose operators have no such generator. */
import type { DropoutAttributes } from './ops/dropout.ts'
import { threefry2x32, uniformFromBits } from './random.ts'

/**
 * [rows, width], for each element 0, or 1/(1 − p) where it is kept. `rows[n]` is the row whose bits row n takes, so that a batch
 * that is laid out otherwise drops the same numbers; a negative one is padding. `key` is the seed and the step.
 */
export function dropoutMask(
  key: readonly [number, number],
  rows: ArrayLike<number>,
  width: number,
  { probability, stream }: DropoutAttributes,
): Float32Array<ArrayBuffer> {
  const border = Math.fround(probability)
  const kept = 1 / (1 - probability)
  const mask = new Float32Array(rows.length * width)
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!
    if (row < 0) continue
    for (let j = 0; j < width; j++) {
      const [bits] = threefry2x32(key[0], key[1], row * width + j, stream)
      if (uniformFromBits(bits) >= border) mask[n * width + j] = kept
    }
  }
  return mask
}

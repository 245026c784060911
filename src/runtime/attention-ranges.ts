/** From packed examples to what each token may see, as the ranges that attention takes. */
import { NO_ROW } from '../engine/ops/gather-rows.ts'
import type { MicroBatch } from '../data/types.ts'

export interface PackedRanges {
  /** [N, 2]: a token sees its own example up to itself, or the last `window` tokens of that. */
  keyRange: Uint32Array<ArrayBuffer>
  /** [N, 2]: it is seen by itself and those after it in its example that see as far. */
  queryRange: Uint32Array<ArrayBuffer>
}

/** Causal ranges of a packed batch; padding sees nothing and is seen by nothing. */
export function causalRanges(segmentIds: Uint32Array, window = Infinity): PackedRanges {
  const count = segmentIds.length
  const keyRange = new Uint32Array(2 * count)
  const queryRange = new Uint32Array(2 * count)
  for (let begin = 0; begin < count; ) {
    let end = begin + 1
    while (end < count && segmentIds[end] === segmentIds[begin]) end++
    for (let i = begin; segmentIds[begin] !== 0 && i < end; i++) {
      keyRange.set([Math.max(begin, i + 1 - window), i + 1], 2 * i)
      queryRange.set([i, Math.min(end, i + window)], 2 * i)
    }
    begin = end
  }
  return { keyRange, queryRange }
}

/** What `count` tokens see that follow `fed` others of one sequence [count, 2]. */
export function followingRanges(count: number, fed: number, window = Infinity): Uint32Array<ArrayBuffer> {
  const keyRange = new Uint32Array(2 * count)
  for (let i = 0; i < count; i++) keyRange.set([Math.max(0, fed + i + 1 - window), fed + i + 1], 2 * i)
  return keyRange
}

export interface OutputRows {
  /** [M]: the row of each target, NO_ROW in unused places. */
  rows: Uint32Array<ArrayBuffer>
  /** [N]: the target of each row, or NO_ROW. */
  inverse: Uint32Array<ArrayBuffer>
  positions: Uint32Array<ArrayBuffer>
}

/** The rows that predict targets, which come in ascending order within an example. */
export function outputRows(batch: MicroBatch): OutputRows {
  const capacity = batch.layout.targetCapacity
  const rows = new Uint32Array(capacity).fill(NO_ROW)
  const inverse = new Uint32Array(batch.segmentIds.length).fill(NO_ROW)
  const positions = new Uint32Array(capacity)
  for (let m = 0; m < capacity; m++) {
    if (batch.targetWeights[m] === 0) continue
    const row = batch.targetRows[m]!
    rows[m] = row
    inverse[row] = m
    positions[m] = batch.positions[row]!
  }
  return { rows, inverse, positions }
}

/** The ranges of those rows: [M, 2] of keys, and for each key [N, 2] the targets among the tokens that see it. */
export function outputRanges({ rows, inverse }: OutputRows, { keyRange, queryRange }: PackedRanges): PackedRanges {
  const keys = new Uint32Array(2 * rows.length)
  rows.forEach((row, m) => row !== NO_ROW && keys.set(keyRange.subarray(2 * row, 2 * row + 2), 2 * m))
  const queries = new Uint32Array(2 * inverse.length)
  const [next, last] = [inverse.slice(), inverse.slice()]
  for (let row = inverse.length - 2; row >= 0; row--) if (next[row] === NO_ROW) next[row] = next[row + 1]!
  for (let row = 1; row < inverse.length; row++) if (last[row] === NO_ROW) last[row] = last[row - 1]!
  for (let row = 0; row < inverse.length; row++) {
    const [begin, end] = [queryRange[2 * row]!, queryRange[2 * row + 1]!]
    const first = begin < end ? next[begin]! : NO_ROW
    if (first !== NO_ROW && rows[first]! < end) queries.set([first, last[end - 1]! + 1], 2 * row)
  }
  return { keyRange: keys, queryRange: queries }
}

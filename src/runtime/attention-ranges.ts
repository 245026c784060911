/** From packed examples to what each token may see, as the ranges that attention takes. */
import { NO_ROW } from '../engine/ops/gather-rows.ts'
import type { MicroBatch } from '../data/types.ts'

export interface PackedRanges {
  /** [N, 2]: a token sees its own example from the start to itself. */
  keyRange: Uint32Array<ArrayBuffer>
  /** [N, 2]: it is seen by itself and the rest of its example. */
  queryRange: Uint32Array<ArrayBuffer>
}

/** Causal ranges of a packed batch; padding sees nothing and is seen by nothing. */
export function causalRanges(segmentIds: Uint32Array): PackedRanges {
  const count = segmentIds.length
  const keyRange = new Uint32Array(2 * count)
  const queryRange = new Uint32Array(2 * count)
  for (let begin = 0; begin < count; ) {
    let end = begin + 1
    while (end < count && segmentIds[end] === segmentIds[begin]) end++
    for (let i = begin; segmentIds[begin] !== 0 && i < end; i++) {
      keyRange.set([begin, i + 1], 2 * i)
      queryRange.set([i, end], 2 * i)
    }
    begin = end
  }
  return { keyRange, queryRange }
}

export interface OutputRanges {
  /** [M]: the row of each target, NO_ROW in unused places. */
  rows: Uint32Array<ArrayBuffer>
  /** [N]: the target of each row, or NO_ROW. */
  inverse: Uint32Array<ArrayBuffer>
  positions: Uint32Array<ArrayBuffer>
  keyRange: Uint32Array<ArrayBuffer>
  /** [N, 2] into the targets. */
  queryRange: Uint32Array<ArrayBuffer>
}

/** The same for the rows that predict targets, which come in ascending order. */
export function outputRanges(batch: MicroBatch, ranges: PackedRanges): OutputRanges {
  const capacity = batch.layout.targetCapacity
  const count = batch.segmentIds.length
  const rows = new Uint32Array(capacity).fill(NO_ROW)
  const inverse = new Uint32Array(count).fill(NO_ROW)
  const positions = new Uint32Array(capacity)
  const keyRange = new Uint32Array(2 * capacity)
  for (let m = 0; m < capacity; m++) {
    if (batch.targetWeights[m] === 0) continue
    const row = batch.targetRows[m]!
    rows[m] = row
    inverse[row] = m
    positions[m] = batch.positions[row]!
    keyRange.set(ranges.keyRange.subarray(2 * row, 2 * row + 2), 2 * m)
  }
  return { rows, inverse, positions, keyRange, queryRange: targetQueries(batch, ranges, inverse) }
}

/** For each key, the targets among the tokens that see it: found by walking each row's range from its end. */
function targetQueries(batch: MicroBatch, ranges: PackedRanges, inverse: Uint32Array): Uint32Array<ArrayBuffer> {
  const count = batch.segmentIds.length
  const queryRange = new Uint32Array(2 * count)
  let first = 0
  let end = 0
  for (let row = count - 1; row >= 0; row--) {
    const lastOfExample = row + 1 === count || batch.segmentIds[row + 1] !== batch.segmentIds[row]
    if (lastOfExample) first = end = 0
    const target = inverse[row]!
    if (target !== NO_ROW) {
      if (end === 0) end = target + 1
      first = target
    }
    if (ranges.queryRange[2 * row + 1] !== 0 && end > 0) queryRange.set([first, end], 2 * row)
  }
  return queryRange
}

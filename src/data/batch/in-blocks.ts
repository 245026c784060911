/** A packed micro-batch laid out anew in rows of one length, for engines whose attention works on whole rows. */
import type { MicroBatch } from '../types.ts'

interface Segment {
  begin: number
  length: number
}

export interface BlockedBatch {
  /** As many rows as needed, each as long as the longest example; targets lie by row, as many places for each row. */
  batch: MicroBatch
  /** [rows × rowLength] where each token stood before, −1 for padding. */
  origin: Int32Array<ArrayBuffer>
  /** [targetCapacity] the same for targets. */
  targetOrigin: Int32Array<ArrayBuffer>
}

/** The same examples, longest first, each into the first row with room. An empty micro-batch becomes one row of padding. */
export function inBlocks(batch: MicroBatch): BlockedBatch {
  const segments = segmentsOf(batch.segmentIds)
  const rowLength = segments.reduce((most, { length }) => Math.max(most, length), 1)
  const { begins, rows } = place(segments, rowLength)
  const origin = new Int32Array(rows * rowLength).fill(-1)
  segments.forEach(({ begin, length }, i) => {
    for (let j = 0; j < length; j++) origin[begins[i]! + j] = begin + j
  })
  const moved = (from: Uint32Array) => Uint32Array.from(origin, (at) => (at < 0 ? 0 : from[at]!))
  const laid = { tokens: moved(batch.tokens), positions: moved(batch.positions), segmentIds: moved(batch.segmentIds) }
  const { targetOrigin, ...targets } = targetsByRow(batch, origin, rows, rowLength)
  return { batch: { ...batch, ...laid, ...targets }, origin, targetOrigin }
}

function segmentsOf(ids: Uint32Array): Segment[] {
  const segments: Segment[] = []
  for (let begin = 0; begin < ids.length; ) {
    let end = begin + 1
    while (end < ids.length && ids[end] === ids[begin]) end++
    if (ids[begin] !== 0) segments.push({ begin, length: end - begin })
    begin = end
  }
  return segments
}

/** Where each segment begins, first-fit decreasing. */
function place(segments: readonly Segment[], rowLength: number): { begins: number[]; rows: number } {
  const order = segments.map((_, i) => i).sort((a, b) => segments[b]!.length - segments[a]!.length || a - b)
  const filled: number[] = []
  const begins = segments.map(() => 0)
  for (const i of order) {
    const { length } = segments[i]!
    let row = filled.findIndex((used) => used + length <= rowLength)
    if (row < 0) row = filled.push(0) - 1
    begins[i] = row * rowLength + filled[row]!
    filled[row]! += length
  }
  return { begins, rows: Math.max(1, filled.length) }
}

/** Targets in ascending order of their rows; unused places follow those of each row. */
function targetsByRow(batch: MicroBatch, origin: Int32Array, rows: number, rowLength: number) {
  const targetAt = new Map<number, number>()
  batch.targetWeights.forEach((weight, m) => weight !== 0 && targetAt.set(batch.targetRows[m]!, m))
  const byRow = Array.from({ length: rows }, (_, row) => {
    const places: number[] = []
    for (let at = row * rowLength; at < (row + 1) * rowLength; at++) if (targetAt.has(origin[at]!)) places.push(at)
    return places
  })
  const perRow = byRow.reduce((most, places) => Math.max(most, places.length), 1)
  const capacity = rows * perRow
  const targets = { targetRows: new Uint32Array(capacity), targetIds: new Uint32Array(capacity), targetWeights: new Float32Array(capacity) }
  const targetOrigin = new Int32Array(capacity).fill(-1)
  byRow.forEach((places, row) => {
    places.forEach((at, i) => {
      const m = targetAt.get(origin[at]!)!
      targetOrigin[row * perRow + i] = m
      targets.targetRows[row * perRow + i] = at
      targets.targetIds[row * perRow + i] = batch.targetIds[m]!
      targets.targetWeights[row * perRow + i] = batch.targetWeights[m]!
    })
  })
  return { ...targets, targetOrigin, layout: { rows, rowLength, targetCapacity: capacity } }
}

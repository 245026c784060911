/** A packed micro-batch laid out anew in rows of one length, for engines whose attention works on whole rows. */
import type { MicroBatch } from '../types.ts'

interface Segment {
  id: number
  begin: number
  length: number
}

export interface BlockedBatch {
  /**
   * As many rows as needed, each as long as the longest example, with its sources beside it where there are any; targets lie by
   * row, as many places for each row.
   */
  batch: MicroBatch
  /** [rows × rowLength] where each token stood before, −1 for padding. */
  origin: Int32Array<ArrayBuffer>
  /** [targetCapacity] the same for targets. */
  targetOrigin: Int32Array<ArrayBuffer>
  /** [rows × sourceLength] the same for tokens of sources. */
  sourceOrigin: Int32Array<ArrayBuffer>
}

/** The same examples, longest first, each into the first row with room. An empty micro-batch becomes one row of padding. */
export function inBlocks(batch: MicroBatch): BlockedBatch {
  const segments = segmentsOf(batch.segmentIds)
  const sources = new Map(segmentsOf(batch.source?.segmentIds ?? new Uint32Array()).map((segment) => [segment.id, segment]))
  const sourcesInOrder = segments.map(({ id }) => sources.get(id) ?? { id, begin: 0, length: 0 })
  const rowLength = longest(segments)
  const sourceLength = longest(sourcesInOrder)
  const { places, rows } = place(segments, sourcesInOrder, { rowLength, sourceLength })
  const origin = origins(segments, places.map(({ row, at }) => row * rowLength + at), rows * rowLength)
  const sourceOrigin = origins(sourcesInOrder, places.map(({ row, sourceAt }) => row * sourceLength + sourceAt), rows * sourceLength)
  const { targetOrigin, layout, ...targets } = targetsByRow(batch, origin, rows, rowLength)
  const laid = { tokens: moved(batch.tokens, origin), positions: moved(batch.positions, origin), segmentIds: moved(batch.segmentIds, origin) }
  const { source } = batch
  const beside = source && { source: { tokens: moved(source.tokens, sourceOrigin), segmentIds: moved(source.segmentIds, sourceOrigin) } }
  return {
    batch: { ...batch, ...laid, ...targets, ...beside, layout: source ? { ...layout, sourceLength } : layout },
    origin, targetOrigin, sourceOrigin,
  }
}

function segmentsOf(ids: Uint32Array): Segment[] {
  const segments: Segment[] = []
  for (let begin = 0; begin < ids.length; ) {
    const id = ids[begin]!
    let end = begin + 1
    while (end < ids.length && ids[end] === id) end++
    if (id !== 0) segments.push({ id, begin, length: end - begin })
    begin = end
  }
  return segments
}

const longest = (segments: readonly Segment[]) => segments.reduce((most, { length }) => Math.max(most, length), 1)

const moved = (from: Uint32Array, origin: Int32Array) => Uint32Array.from(origin, (at) => (at < 0 ? 0 : from[at]!))

function origins(segments: readonly Segment[], begins: readonly number[], size: number): Int32Array<ArrayBuffer> {
  const origin = new Int32Array(size).fill(-1)
  segments.forEach(({ begin, length }, i) => {
    for (let j = 0; j < length; j++) origin[begins[i]! + j] = begin + j
  })
  return origin
}

interface BlockPlace {
  row: number
  /** Where in the row the segment begins, and its source beside it. */
  at: number
  sourceAt: number
}

/** First-fit decreasing: a row needs room for the segment and for its source. */
function place(
  segments: readonly Segment[], sources: readonly Segment[], { rowLength, sourceLength }: { rowLength: number; sourceLength: number },
): { places: BlockPlace[]; rows: number } {
  const size = (i: number) => Math.max(segments[i]!.length / rowLength, sources[i]!.length / sourceLength)
  const order = segments.map((_, i) => i).sort((a, b) => size(b) - size(a) || a - b)
  const filled: { used: number; sourceUsed: number }[] = []
  const places = segments.map((): BlockPlace => ({ row: 0, at: 0, sourceAt: 0 }))
  for (const i of order) {
    const [length, sourceOf] = [segments[i]!.length, sources[i]!.length]
    let row = filled.findIndex(({ used, sourceUsed }) => used + length <= rowLength && sourceUsed + sourceOf <= sourceLength)
    if (row < 0) row = filled.push({ used: 0, sourceUsed: 0 }) - 1
    const { used, sourceUsed } = filled[row]!
    places[i] = { row, at: used, sourceAt: sourceUsed }
    filled[row] = { used: used + length, sourceUsed: sourceUsed + sourceOf }
  }
  return { places, rows: Math.max(1, filled.length) }
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

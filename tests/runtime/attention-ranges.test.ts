/** Ranges of packed batches against their definition, written out pair by pair. */
import { describe, expect, it } from 'vitest'
import { packMicroBatch } from '../../src/data/batch/pack.ts'
import type { MicroBatch } from '../../src/data/types.ts'
import { NO_ROW } from '../../src/engine/ops/gather-rows.ts'
import { causalRanges, followingRanges, outputRanges, outputRows } from '../../src/runtime/attention-ranges.ts'

const example = (weights: number[]) => ({ row: 1, tokens: Uint32Array.from(weights, (_, i) => i), weights: Float32Array.from(weights), truncated: 0 })

/** Four examples over two rows, the longest first in its row, with targets here and there and padding at the end. */
const batch = packMicroBatch(
  [example([0, 0, 1, 0]), example([1, 1]), example([0, 1, 0, 0, 1, 0, 0, 1]), example([0, 0, 0])],
  { rows: 2, rowLength: 11, targetCapacity: 9 },
)

type Sees = (query: number, key: number) => boolean

/** By the batch's ids and positions alone. */
const within = ({ segmentIds, positions }: MicroBatch, window: number): Sees => (query, key) => {
  const distance = positions[query]! - positions[key]!
  return segmentIds[query] !== 0 && segmentIds[query] === segmentIds[key] && distance >= 0 && distance < window
}

/** Pairs that ranges of keys name, and those that ranges of queries name, over the queries at `rows`. */
function pairs(rows: Uint32Array, sees: Sees, keys: number): string[] {
  const all = [...rows].flatMap((row, query) => Array.from({ length: keys }, (_, key) => (row !== NO_ROW && sees(row, key) ? [`${query} sees ${key}`] : [])))
  return all.flat().sort()
}

const named = (ranges: Uint32Array, name: (owner: number, other: number) => string) =>
  Array.from({ length: ranges.length / 2 }, (_, owner) => {
    const [begin, end] = [ranges[2 * owner]!, ranges[2 * owner + 1]!]
    return Array.from({ length: Math.max(0, end - begin) }, (_, i) => name(owner, begin + i))
  }).flat().sort()

const byKeys = (ranges: Uint32Array) => named(ranges, (query, key) => `${query} sees ${key}`)
const byQueries = (ranges: Uint32Array) => named(ranges, (key, query) => `${query} sees ${key}`)

describe.each([1, 2, 3, 7, 8, 100, Infinity])('a window of %d', (window) => {
  const count = batch.tokens.length
  const sees = within(batch, window)
  const ranges = causalRanges(batch.segmentIds, window)

  it('is what each token sees of its own example, and what sees it', () => {
    const expected = pairs(Uint32Array.from({ length: count }, (_, i) => i), sees, count)
    expect(byKeys(ranges.keyRange)).toEqual(expected)
    expect(byQueries(ranges.queryRange)).toEqual(expected)
    if (window < 8) expect(byKeys(causalRanges(batch.segmentIds, window + 1).keyRange)).not.toEqual(expected)
  })

  it('is the same of the targets alone', () => {
    const output = outputRows(batch)
    const expected = pairs(output.rows, sees, count)
    const ofTargets = outputRanges(output, ranges)
    expect(byKeys(ofTargets.keyRange)).toEqual(expected)
    expect(byQueries(ofTargets.queryRange)).toEqual(expected)
  })

  it('is the same token by token after others', () => {
    const alone = causalRanges(new Uint32Array(12).fill(1), window).keyRange
    expect(followingRanges(12, 0, window)).toEqual(alone)
    expect(followingRanges(4, 8, window)).toEqual(alone.slice(16))
  })
})

/** T5's buckets of relative positions against those of transformers 5.23 on PyTorch 2.13 (`T5Attention._relative_position_bucket`). */
import { describe, expect, it } from 'vitest'
import { bucketsAreDefined, relativeBuckets } from '../../src/models/relative-bias.ts'

/** Buckets, longest distance, both directions; then the distances backwards at which PyTorch begins a new bucket. */
const SETTINGS: [number, number, boolean, number[]][] = [
  [32, 128, true, [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91]],
  [32, 128, false, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113]],
  [32, 64, true, [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 18, 23, 30, 39, 50]],
  [32, 64, false, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 21, 23, 25, 27, 30, 32, 35, 39, 42, 46, 50, 54, 59]],
  [8, 20, true, [0, 1, 2, 7]],
  [8, 20, false, [0, 1, 2, 3, 4, 6, 9, 14]],
  [7, 200, true, [0, 1, 15]],
  [7, 200, false, [0, 1, 2, 3, 9, 25, 70]],
  [4, 3, true, [0, 1]],
  [4, 3, false, [0, 1, 2, 3]],
  [12, 777, true, [0, 1, 2, 3, 20, 122]],
  [12, 777, false, [0, 1, 2, 3, 4, 5, 6, 14, 31, 69, 154, 346]],
]

/** Buckets by distance backwards, as a table of `reach` gives them. */
const backwards = ({ reach, buckets }: { reach: number; buckets: number[] }) =>
  Array.from({ length: 800 }, (_, distance) => buckets[Math.max(0, reach - distance)]!)

const begins = (buckets: readonly number[]) => buckets.flatMap((bucket, i) => (i > 0 && bucket === buckets[i - 1] ? [] : [i]))

describe('buckets of relative positions', () => {
  it.each(SETTINGS)('%i of them up to %i, both ways %j', (buckets, maxDistance, bidirectional, expected) => {
    const table = relativeBuckets({ buckets, maxDistance, bidirectional }, 4096)
    expect(begins(backwards(table))).toEqual(expected)
    expect(backwards(table).at(-1)).toBe(expected.length - 1)
    const forwards = table.buckets.slice(table.reach + 1)
    expect(forwards).toEqual(bidirectional ? backwards(table).slice(1, table.reach + 1).map((bucket) => bucket + Math.floor(buckets / 2)) : [])
  })

  it('are no more than the longest distance needs', () => {
    const settings = { buckets: 32, maxDistance: 128, bidirectional: true }
    const short = relativeBuckets(settings, 20)
    expect(short.reach).toBe(20)
    expect(backwards(short).slice(0, 21)).toEqual(backwards(relativeBuckets(settings, 4096)).slice(0, 21))
  })

  it('are refused where the formula has none', () => {
    const defined = (buckets: number, maxDistance: number) => bucketsAreDefined({ buckets, maxDistance, bidirectional: true })
    expect([defined(32, 128), defined(4, 2), defined(3, 128), defined(32, 8), defined(32, 9)]).toEqual([true, true, false, false, true])
  })
})

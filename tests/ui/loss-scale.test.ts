/** What the loss chart draws of curves. */
import { describe, expect, it } from 'vitest'
import { alignCurves, lossRange, smoothed, thinned } from '../../src/ui/train/loss-scale.ts'
import type { LossPoint } from '../../src/state/curves.svelte.ts'

const level: LossPoint[] = [1, 2, 3, 4].map((step) => [step, 2])
const rough: LossPoint[] = Array.from({ length: 200 }, (_, i) => [i + 1, 2 + (i % 2 ? 0.5 : -0.5)])

describe('the chart', () => {
  it('smooths without a beginning at nothing, and never changes what it has drawn', () => {
    for (const [at, point] of smoothed(level, 400).entries()) expect(point[1]).toBeCloseTo(level[at]![1], 12)
    const spread = (points: readonly LossPoint[]) => Math.max(...points.slice(50).map(([, loss]) => Math.abs(loss - 2)))
    expect(spread(smoothed(rough, 1000))).toBeLessThan(0.1 * spread(rough))
    expect(smoothed(rough, 1000).slice(0, 50)).toEqual(smoothed(rough.slice(0, 50), 1000))
  })

  it('does not let the smoothed curve of a short run lag behind what is true', () => {
    const falling: LossPoint[] = [6, 3, 1, 0.3, 0.1].map((loss, at) => [at + 1, loss])
    expect(smoothed(falling, 40)).toEqual(falling)
    expect(smoothed(falling, 1000)[4]![1]).toBeGreaterThan(1)
  })

  it('draws a long run with few points, its last among them', () => {
    expect(thinned(rough, 50).length).toBeLessThanOrEqual(51)
    expect(thinned(rough, 50).at(-1)).toEqual(rough.at(-1))
    expect(thinned(level, 50)).toBe(level)
  })

  it('puts curves over one list of steps', () => {
    expect(alignCurves([[[1, 5], [3, 4]], [[0, 6], [3, 3]], []])).toEqual([[0, 1, 3], [null, 5, 4], [6, null, 3], [null, null, null]])
  })

  it('shows the whole run from nothing, and of a stretch what lies in it', () => {
    expect(lossRange([[[1, 4.2], [9, 1.2], [10, 1]]], undefined)).toEqual([0, 5])
    const [least, most] = lossRange([[[1, 4.2], [9, 1.2], [10, 1]]], [8, 10])
    expect([least < 1 && least > 0.9, most > 1.2 && most < 1.3]).toEqual([true, true])
    expect(lossRange([[[1, 4.2]]], [8, 10]), 'nothing there yet').toEqual([0, 1])
  })
})

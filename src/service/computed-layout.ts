/** What an engine computes of a micro-batch: on a GPU the whole of its layout, elsewhere rows as long as its longest example. */
import { inBlocks } from '../data/batch/in-blocks.ts'
import type { RunBatches } from '../data/batch/source.ts'
import type { BatchLayout, MicroBatch } from '../data/types.ts'
import type { EngineKind } from './types.ts'

/** Micro-batches that are looked at to find the largest. */
const MOST_LOOKED_AT = 512

export function computedLayout(batch: MicroBatch, kind: EngineKind): BatchLayout {
  if (kind === 'webgpu') return batch.layout
  const { layout } = inBlocks(batch).batch
  return { ...layout, longest: layout.rowLength }
}

/** Tokens that are computed, padding and sources included. */
export const layoutTokens = ({ rows, rowLength, sourceLength = 0 }: BatchLayout): number => rows * (rowLength + sourceLength)

/** The numbers below `count`, or `most` of them in even distances. */
export const evenly = (count: number, most: number): number[] => Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor((i * count) / Math.min(count, most)))

/** Of a run's micro-batches the largest as it is computed, with room for the most targets of any: what its memory follows from. */
export function largestLayout(batches: RunBatches, steps: number, accumulate: number, kind: EngineKind): BatchLayout {
  if (kind === 'webgpu') return batches.layout
  const looked = [
    ...evenly(steps, Math.ceil(MOST_LOOKED_AT / accumulate)).flatMap((index) => batches.stepBatches(index)),
    ...evenly(batches.validation.length, MOST_LOOKED_AT).map((index) => batches.validation[index]!),
  ]
  const layouts = looked.map((batch) => computedLayout(batch, kind))
  const largest = layouts.reduce((most, layout) => (layoutTokens(layout) > layoutTokens(most) ? layout : most))
  return { ...largest, targetCapacity: layouts.reduce((most, { targetCapacity }) => Math.max(most, targetCapacity), 1) }
}

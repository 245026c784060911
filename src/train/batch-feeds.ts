/** What a training graph reads of a micro-batch, by the names of its inputs. */
import type { MicroBatch } from '../data/types.ts'
import { causalRanges, outputRanges } from '../runtime/attention-ranges.ts'

/** `weightScale` multiplies each target's weight: one over the sum of all weights of a step makes its loss a mean. */
export function batchFeeds(batch: MicroBatch, weightScale: number) {
  const ranges = causalRanges(batch.segmentIds)
  const output = outputRanges(batch, ranges)
  return {
    tokens: new Uint32Array(batch.tokens),
    positions: new Uint32Array(batch.positions),
    'key range': ranges.keyRange,
    'query range': ranges.queryRange,
    'target rows': output.rows,
    'targets of rows': output.inverse,
    'target positions': output.positions,
    'target key range': output.keyRange,
    'target query range': output.queryRange,
    'target ids': new Uint32Array(batch.targetIds),
    'target weights': Float32Array.from(batch.targetWeights, (weight) => weight * weightScale),
  }
}

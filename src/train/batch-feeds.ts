/** What a training graph reads of a micro-batch, by the names of its inputs. */
import type { MicroBatch } from '../data/types.ts'
import { causalRanges, outputRanges, outputRows } from '../runtime/attention-ranges.ts'
import { sourceFeeds } from '../runtime/source-inputs.ts'

/**
 * `weightScale` multiplies each target's weight: one over the sum of all weights of a step makes its loss a mean. `window` is
 * the model's.
 */
export function batchFeeds(batch: MicroBatch, weightScale: number, window?: number): Record<string, Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>> {
  const output = outputRows(batch)
  const ranges = (prefix: string, size?: number) => {
    const all = causalRanges(batch.segmentIds, size)
    const ofTargets = outputRanges(output, all)
    return {
      [`${prefix}key range`]: all.keyRange,
      [`${prefix}query range`]: all.queryRange,
      [`target ${prefix}key range`]: ofTargets.keyRange,
      [`target ${prefix}query range`]: ofTargets.queryRange,
    }
  }
  return {
    tokens: new Uint32Array(batch.tokens),
    positions: new Uint32Array(batch.positions),
    ...ranges(''),
    ...(window === undefined ? {} : ranges('window ', window)),
    'target rows': output.rows,
    'targets of rows': output.inverse,
    'target positions': output.positions,
    ...sourceFeeds(batch, batch.targetRows.map((row, m) => (batch.targetWeights[m] === 0 ? 0 : batch.segmentIds[row]!))),
    'target ids': new Uint32Array(batch.targetIds),
    'target weights': Float32Array.from(batch.targetWeights, (weight) => weight * weightScale),
  }
}

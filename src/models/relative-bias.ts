/** T5's bias by relative position (Raffel et al., 2020): distances fall into buckets, each with a number for every head. */
import type { Graph, Value } from '../engine/graph.ts'
import type { RelativePositions } from '../engine/ops/attention/attributes.ts'
import { integers } from '../engine/ops/constant.ts'
import { embed } from '../engine/ops/embed.ts'

export interface RelativeBuckets {
  readonly buckets: number
  readonly maxDistance: number
  /** True where keys after the query are seen too: they have the second half of the buckets. */
  readonly bidirectional: boolean
}

/** Buckets of one direction, and distances up to which each has its own. */
function sizes({ buckets, bidirectional }: RelativeBuckets): { count: number; exact: number } {
  const count = bidirectional ? Math.floor(buckets / 2) : buckets
  return { count, exact: Math.floor(count / 2) }
}

/** True where the formula gives buckets at all: the logarithmic half has to begin before the longest distance. */
export const bucketsAreDefined = (settings: RelativeBuckets) => sizes(settings).exact >= 1 && settings.maxDistance > sizes(settings).exact

/**
 * The bucket of a distance in one direction, as `_relative_position_bucket` of transformers' modeling_t5.py. Its steps are
 * rounded to f32 as there, or a distance on the border of two buckets could fall into the other one.
 */
function bucketOf(distance: number, settings: RelativeBuckets): number {
  const { count, exact } = sizes(settings)
  if (distance < exact) return distance
  const { fround } = Math
  const logarithm = fround(Math.log(fround(distance / exact)))
  const part = fround(logarithm / fround(Math.log(settings.maxDistance / exact)))
  return Math.min(exact + Math.trunc(fround(part * (count - exact))), count - 1)
}

/**
 * The bucket of each distance from −`reach` to `reach` (to 0 where keys after the query are not seen): beyond `reach`, which
 * is at most `longest`, all distances share a bucket.
 */
export function relativeBuckets(settings: RelativeBuckets, longest: number): { reach: number; buckets: number[] } {
  const { count } = sizes(settings)
  const before: number[] = []
  for (let distance = 0; distance <= longest && before.at(-1) !== count - 1; distance++) before.push(bucketOf(distance, settings))
  const after = settings.bidirectional ? before.slice(1).map((bucket) => bucket + count) : []
  return { reach: before.length - 1, buckets: [...before.toReversed(), ...after] }
}

/** The bias that attention takes, from the checkpoint's `table` [buckets, heads]; no distance is greater than `longest`. */
export function relativeBias(graph: Graph, table: Value, settings: RelativeBuckets, longest: number): { bias: Value; relative: RelativePositions } {
  const { reach, buckets } = relativeBuckets(settings, longest)
  const bias = graph.applyOne(embed, [table, graph.applyOne(integers, [], { values: buckets })], {}, 'bias by distance')
  return { bias, relative: { origin: reach, own: settings.bidirectional ? 'same row' : 'last seen' } }
}

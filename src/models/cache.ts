/** Keys or values through a cache: written at the slots of this run's tokens, read whole. */
import type { Graph, Value } from '../engine/graph.ts'
import { writeRows } from '../engine/ops/write-rows.ts'
import type { CacheInputs } from './types.ts'

/** Rows [N, d] → the cache [length, d] that holds them, or the rows themselves where there is no cache. */
export function cached(graph: Graph, cache: CacheInputs | undefined, name: string, rows: Value): Value {
  if (!cache) return rows
  const store = graph.variable(name, [cache.length, rows.shape[1]!], `${cache.owner}: ${name}`)
  graph.apply(writeRows, [store, rows, cache.slots], {})
  return store
}

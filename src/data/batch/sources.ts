/** Where the sources of a micro-batch lie, for models with an encoder: beside the row that has the example, one after another. */
import type { BatchLayout, SourceRows } from '../types.ts'
import { overflow } from './overflow.ts'

interface InRow {
  row: number
}

export const emptySources = (size: number): SourceRows => ({ tokens: new Uint32Array(size), segmentIds: new Uint32Array(size) })

/** Where in its row each source ends, for sources of these lengths in the order of the examples. */
export function sourceEnds(lengths: readonly number[], places: readonly InRow[]): number[] {
  const filled: number[] = []
  return lengths.map((length, index) => {
    const row = places[index]?.row ?? 0
    const end = (filled[row] ?? 0) + length
    filled[row] = end
    return end
  })
}

/** Throws 'batch-overflow' where a row's sources are more than planned. */
export function fillSources(
  rows: SourceRows, sources: readonly (Uint32Array | undefined)[], places: readonly InRow[], { sourceLength = 0 }: BatchLayout,
): void {
  const ends = sourceEnds(sources.map((source) => source?.length ?? 0), places)
  for (const [index, source] of sources.entries()) {
    if (!source) continue
    const end = ends[index] ?? 0
    if (end > sourceLength) overflow('tokens of sources')
    const begin = (places[index]?.row ?? 0) * sourceLength + end - source.length
    rows.tokens.set(source, begin)
    rows.segmentIds.fill(index + 1, begin, begin + source.length)
  }
}

/** What a model with an encoder reads beside the tokens of its decoder: sources, and which of their rows each token sees. */
import type { SourceRows } from '../data/types.ts'
import { requireShape, type Graph } from '../engine/graph.ts'
import type { ForwardInputs, LanguageModel, ParameterSource } from '../models/types.ts'

/** Examples side by side: which one each row belongs to, 0 where there is padding. */
type SegmentIds = Uint32Array

interface Packed {
  readonly segmentIds: SegmentIds
  readonly source?: SourceRows
}

/**
 * `inputs` with what the encoder makes of `sources` tokens, which are inputs of the graph as well; as they are where the model
 * has no encoder.
 */
export function withMemory(graph: Graph, model: LanguageModel, parameters: ParameterSource, inputs: ForwardInputs, sources: number): ForwardInputs {
  const { encoder } = model
  if (!encoder) return inputs
  requireShape(sources > 0, model.family, 'the encoder has nothing to read')
  const ranges = (prefix: string, queries: number) => ({
    keyRange: graph.input(`${prefix}memory key range`, [queries, 2], 'u32'),
    queryRange: graph.input(`${prefix}memory query range`, [sources, 2], 'u32'),
  })
  const own = graph.input('source range', [sources, 2], 'u32')
  const tokens = graph.input('source tokens', [sources], 'u32')
  const made = encoder.encode(graph, parameters, { tokens, keyRange: own, queryRange: own })
  const { outputRows } = inputs
  return {
    ...inputs,
    memory: { ...ranges('', inputs.tokens.shape[0]!), rows: (name) => made.get(name)! },
    outputRows: outputRows && { ...outputRows, memory: ranges('target ', outputRows.rows.shape[0]!) },
  }
}

/** What such a graph reads; `targetIds` are the segments of the rows that predict targets, where only those are wanted. */
export function sourceFeeds({ segmentIds, source }: Packed, targetIds: SegmentIds = new Uint32Array()): Record<string, Uint32Array<ArrayBuffer>> {
  if (!source) return {}
  const spans = spansOf(source.segmentIds)
  return {
    'source tokens': new Uint32Array(source.tokens),
    'source range': rangesInto(spans, source.segmentIds),
    'memory key range': rangesInto(spans, segmentIds),
    'memory query range': rangesInto(spansOf(segmentIds), source.segmentIds),
    'target memory key range': rangesInto(spans, targetIds),
    'target memory query range': rangesInto(spansOf(targetIds), source.segmentIds),
  }
}

type Span = readonly [begin: number, end: number]

/** Where the rows of each segment lie. */
function spansOf(ids: SegmentIds): Map<number, Span> {
  const spans = new Map<number, Span>()
  ids.forEach((id, row) => spans.set(id, [spans.get(id)?.[0] ?? row, row + 1]))
  spans.delete(0)
  return spans
}

/** For each row the span of its own segment, [rows, 2]; nothing where there is none. */
function rangesInto(spans: ReadonlyMap<number, Span>, ids: SegmentIds): Uint32Array<ArrayBuffer> {
  const ranges = new Uint32Array(2 * ids.length)
  ids.forEach((id, row) => ranges.set(spans.get(id) ?? [0, 0], 2 * row))
  return ranges
}

/** What GPT-2 and GPT-NeoX have in common: one projection makes query, key and value, and norms have a bias. */
import type { Graph, Value } from '../engine/graph.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { gatherRows } from '../engine/ops/gather-rows.ts'
import { layerNorm } from '../engine/ops/layer-norm.ts'
import { splitColumns } from '../engine/ops/split-columns.ts'
import type { ForwardInputs, OutputRows, ParameterSource } from './types.ts'

export interface FusedAttention {
  readonly layer: number
  readonly heads: number
  readonly headDim: number
  /** Factor of the scores. */
  readonly scale: number
  /** Query, key and value alternate head by head; otherwise each is one piece. */
  readonly interleaved: boolean
  /** What positions do to queries and keys, where they do anything. */
  readonly rotate?: (rows: Value, positions: Value) => Value
}

/** Of `x`, the rows that are wanted; all where there is no choice. */
export const wantedRows = (graph: Graph, x: Value, wanted: OutputRows | undefined): Value =>
  wanted ? graph.applyOne(gatherRows, [x, wanted.rows, wanted.inverse], {}) : x

/** qkv [N, 3 · heads · D] → [N, heads · D], or [M, heads · D] where only some rows are wanted; called `layer i: attention`. */
export function fusedAttention(graph: Graph, qkv: Value, inputs: ForwardInputs, settings: FusedAttention): Value {
  const { layer, heads, headDim, scale, interleaved, rotate = (rows) => rows } = settings
  const wanted = inputs.outputRows
  const parts = graph.apply(splitColumns, [qkv], { parts: 3, groups: interleaved ? heads : 1 })
  const [query, key, value] = parts as [Value, Value, Value]
  const cached = (name: string, rows: Value) => inputs.cache?.extend(graph, `layer ${layer}: ${name}`, rows, heads) ?? rows
  const k = cached('keys', rotate(key, inputs.positions))
  const v = cached('values', value)
  const q = rotate(wantedRows(graph, query, wanted), (wanted ?? inputs).positions)
  const { keyRange, queryRange } = wanted ?? inputs
  const attributes = { heads, kvHeads: heads, headDim, scale }
  return graph.apply(attention, [q, k, v, keyRange, queryRange], attributes, `layer ${layer}: attention`)[0]!
}

/** x [N, d] → [N, d] through the norm `module`, with its scale and bias. */
export function normed(graph: Graph, parameters: ParameterSource, module: string, x: Value, epsilon: number, name: string): Value {
  const [scale, bias] = ['weight', 'bias'].map((part) => parameters.weight(`${module}.${part}`, [x.shape[1]!]))
  return graph.applyOne(layerNorm, [x, scale, bias], { epsilon }, name)
}

/** One plain forward pass over whole sequences, without a cache: what cached answers, and exported models, are measured against. */
import { loraScale } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import type { MicroBatch } from '../data/types.ts'
import { Graph, type Value } from '../engine/graph.ts'
import { logitsOf } from '../models/logits.ts'
import type { LanguageModel, OutputRows, ParameterSource } from '../models/types.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { adapterVariables, loraOf } from '../runtime/adapter-variables.ts'
import { causalRanges } from '../runtime/attention-ranges.ts'
import { sourceFeeds, withMemory } from '../runtime/source-inputs.ts'

/** Tokens whose logits are wanted: packed examples, as they are trained on, or one sequence. */
export interface Sequences extends Pick<MicroBatch, 'tokens' | 'positions' | 'segmentIds' | 'source'> {
  /** Rows whose logits alone are made, ascending; all of them where there are none. */
  wanted?: Uint32Array
}

/** The store of the adapter's tensors, where there is an adapter. */
export const FORWARD_STORE = 'adapter of a forward pass'

interface Forward {
  graph: Graph
  logits: Value
  layout: AdapterLayout | undefined
}

interface ForwardModel {
  readonly model: LanguageModel
  parameters(graph: Graph, lora: ParameterSource['lora']): ParameterSource
}

/** The rows that are wanted. Nothing is differentiated here, so no row has to know where it went. */
function wantedInputs(graph: Graph, rows: number, window: number | undefined): OutputRows {
  const places = graph.input('wanted rows', [rows], 'u32')
  return {
    rows: places,
    inverse: places,
    positions: graph.input('wanted positions', [rows], 'u32'),
    keyRange: graph.input('wanted key range', [rows, 2], 'u32'),
    window: window === undefined ? undefined : { keyRange: graph.input('wanted window key range', [rows, 2], 'u32') },
  }
}

/** Logits [N, V] of as many tokens as `batch` has, or [M, V] of the rows it wants, with LoRA where there is an adapter. */
export function forwardGraph(parts: ForwardModel, batch: Sequences, adapter: LoraAdapter | undefined): Forward {
  const { model } = parts
  const count = batch.tokens.length
  const graph = new Graph()
  const layout = adapter && new AdapterLayout(targetedModules(model.linearModules, adapter.config), adapter.config.rank)
  const variables = layout && adapterVariables(graph, layout, FORWARD_STORE)
  const lora = variables ? loraOf(variables, { alpha: loraScale(adapter.config) }) : () => undefined
  const parameters = parts.parameters(graph, lora)
  const inputs = {
    tokens: graph.input('tokens', [count], 'u32'),
    positions: graph.input('positions', [count], 'u32'),
    keyRange: graph.input('key range', [count, 2], 'u32'),
    window: model.window === undefined ? undefined : { keyRange: graph.input('window key range', [count, 2], 'u32') },
    outputRows: batch.wanted && wantedInputs(graph, batch.wanted.length, model.window),
  }
  const outputs = model.forward(graph, parameters, withMemory(graph, model, parameters, inputs, batch.source?.tokens.length ?? 0))
  return { graph, layout, logits: logitsOf(graph, outputs) }
}

/** What the graph of such a model reads. */
export function forwardFeeds(batch: Sequences, { window }: LanguageModel): Record<string, Uint32Array<ArrayBuffer>> {
  const { segmentIds, wanted = new Uint32Array() } = batch
  const ranges = (name: string, size?: number) => {
    const { keyRange } = causalRanges(segmentIds, size)
    return { [name]: keyRange, [`wanted ${name}`]: rangesOf(keyRange, wanted) }
  }
  return {
    tokens: new Uint32Array(batch.tokens),
    positions: new Uint32Array(batch.positions),
    ...ranges('key range'),
    ...ranges('window key range', window),
    'wanted rows': new Uint32Array(wanted),
    'wanted positions': Uint32Array.from(wanted, (row) => batch.positions[row]!),
    ...sourceFeeds(batch, Uint32Array.from(wanted, (row) => segmentIds[row]!)),
  }
}

/** [M, 2] of the ranges [N, 2]. */
const rangesOf = (ranges: Uint32Array, rows: Uint32Array) => Uint32Array.from({ length: 2 * rows.length }, (_, i) => ranges[2 * rows[i >> 1]! + (i % 2)]!)

export const oneSequence = (tokens: readonly number[]): Sequences => ({
  tokens: Uint32Array.from(tokens),
  positions: Uint32Array.from(tokens, (_, i) => i),
  segmentIds: new Uint32Array(tokens.length).fill(1),
})

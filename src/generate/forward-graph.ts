/** One plain forward pass over whole sequences, without a cache: what cached answers, and exported models, are measured against. */
import { loraScale } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import type { MicroBatch } from '../data/types.ts'
import { Graph, type Value } from '../engine/graph.ts'
import { logitsOf } from '../models/logits.ts'
import type { LanguageModel, ParameterSource } from '../models/types.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { adapterVariables, loraOf } from '../runtime/adapter-variables.ts'
import { causalRanges } from '../runtime/attention-ranges.ts'
import { sourceFeeds, withMemory } from '../runtime/source-inputs.ts'

/** Tokens whose logits are wanted: packed examples, as they are trained on, or one sequence. */
export type Sequences = Pick<MicroBatch, 'tokens' | 'positions' | 'segmentIds' | 'source'>

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

/** Logits [N, V] of as many tokens as `batch` has, with LoRA where there is an adapter. */
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
  }
  const outputs = model.forward(graph, parameters, withMemory(graph, model, parameters, inputs, batch.source?.tokens.length ?? 0))
  return { graph, layout, logits: logitsOf(graph, outputs) }
}

/** What the graph of such a model reads. */
export const forwardFeeds = (batch: Sequences, { window }: LanguageModel) => ({
  tokens: new Uint32Array(batch.tokens),
  positions: new Uint32Array(batch.positions),
  'key range': causalRanges(batch.segmentIds).keyRange,
  'window key range': causalRanges(batch.segmentIds, window).keyRange,
  ...sourceFeeds(batch),
})

export const oneSequence = (tokens: readonly number[]): Sequences => ({
  tokens: Uint32Array.from(tokens),
  positions: Uint32Array.from(tokens, (_, i) => i),
  segmentIds: new Uint32Array(tokens.length).fill(1),
})

/** Decoders of the Llama kind as a graph: norms before attention and MLP, rotary positions, grouped heads, a gated MLP. */
import { requireShape, type Graph, type Value } from '../engine/graph.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { embed } from '../engine/ops/embed.ts'
import { gatedActivation } from '../engine/ops/gated-activation.ts'
import { gatherRows } from '../engine/ops/gather-rows.ts'
import { rmsNorm } from '../engine/ops/rms-norm.ts'
import { rope } from '../engine/ops/rope.ts'
import { scale } from '../engine/ops/scale.ts'
import { sum } from '../engine/ops/sum.ts'
import type { DecoderModule, DecoderSettings } from './decoder-settings.ts'
import { linear, type LinearOptions } from './linear.ts'
import { ropeTable, type RopeSettings } from './rope-table.ts'
import type { CheckpointTensor, ForwardInputs, ForwardOutputs, LanguageModel, LinearModule, OutputRows, ParameterSource } from './types.ts'

const EMBEDDINGS = 'model.embed_tokens.weight'
const HEAD = 'lm_head.weight'
const FINAL_NORM = 'model.norm'
/** Of all layers, and of windowed ones where theirs is another. */
const [ROPE_TABLE, WINDOW_ROPE_TABLE] = ['rope.table', 'rope of windowed layers.table']

/** The model that `settings` describe; `maxPositions` bounds the rotary table. */
export function decoder(settings: DecoderSettings, maxPositions: number): LanguageModel {
  const { family, vocabularySize, hiddenSize, layers, window, ownDropout } = settings
  const contextLength = Math.min(settings.contextLength, maxPositions)
  return {
    family,
    vocabularySize,
    contextLength,
    hiddenSize,
    layers,
    window,
    ownDropout,
    linearModules: Array.from({ length: layers }, (_, i) => Object.values(layerModules(settings, i))).flat(),
    tensors: checkpointTensors(settings),
    constants: () => ropeTables(settings, contextLength),
    forward: (graph, parameters, inputs) => new ForwardPass(graph, parameters, inputs, { ...settings, contextLength }).outputs(),
  }
}

function ropeTables({ rope, windowRope, headDim }: DecoderSettings, contextLength: number): ReturnType<LanguageModel['constants']> {
  const table = (settings: RopeSettings) => ({ shape: [contextLength, headDim], data: ropeTable(settings, contextLength) })
  return new Map([[ROPE_TABLE, table(rope)], ...(windowRope ? [[WINDOW_ROPE_TABLE, table(windowRope)] as const] : [])])
}

function layerModules({ hiddenSize, intermediateSize, heads, kvHeads, headDim }: DecoderSettings, layer: number): Record<DecoderModule, LinearModule> {
  const module = (name: string, inFeatures: number, outFeatures: number): LinearModule => ({ module: `model.layers.${layer}.${name}`, inFeatures, outFeatures })
  return {
    q: module('self_attn.q_proj', hiddenSize, heads * headDim),
    k: module('self_attn.k_proj', hiddenSize, kvHeads * headDim),
    v: module('self_attn.v_proj', hiddenSize, kvHeads * headDim),
    o: module('self_attn.o_proj', heads * headDim, hiddenSize),
    gate: module('mlp.gate_proj', hiddenSize, intermediateSize),
    up: module('mlp.up_proj', hiddenSize, intermediateSize),
    down: module('mlp.down_proj', intermediateSize, hiddenSize),
  }
}

function checkpointTensors(settings: DecoderSettings): CheckpointTensor[] {
  const { hiddenSize, vocabularySize, layers, headDim, norms, queryKeyNorm, biases, tied } = settings
  const norm = (name: string, size = hiddenSize): CheckpointTensor => ({ name: `${name}.weight`, shape: [size] })
  const tensors = [{ name: EMBEDDINGS, shape: [vocabularySize, hiddenSize] }, norm(FINAL_NORM)]
  if (!tied) tensors.push({ name: HEAD, shape: [vocabularySize, hiddenSize] })
  for (let i = 0; i < layers; i++) {
    tensors.push(...Object.values<string>({ ...norms }).map((name) => norm(`model.layers.${i}.${name}`)))
    if (queryKeyNorm) tensors.push(...['q_norm', 'k_norm'].map((name) => norm(`model.layers.${i}.self_attn.${name}`, headDim)))
    for (const [key, { module, inFeatures, outFeatures }] of Object.entries(layerModules(settings, i))) {
      tensors.push({ name: `${module}.weight`, shape: [outFeatures, inFeatures] })
      if (biases.has(key as DecoderModule)) tensors.push({ name: `${module}.bias`, shape: [outFeatures] })
    }
  }
  return tensors
}

class ForwardPass {
  readonly #graph: Graph
  readonly #parameters: ParameterSource
  readonly #inputs: ForwardInputs
  readonly #settings: DecoderSettings

  constructor(graph: Graph, parameters: ParameterSource, inputs: ForwardInputs, settings: DecoderSettings) {
    this.#graph = graph
    this.#parameters = parameters
    this.#inputs = inputs
    this.#settings = settings
  }

  outputs(): ForwardOutputs {
    const { hiddenSize, vocabularySize, layers, tied, softcap } = this.#settings
    const graph = this.#graph
    const table = this.#parameters.weight(EMBEDDINGS, [vocabularySize, hiddenSize])
    let x = graph.inScope('embedding', () => this.#embed(table))
    for (let i = 0; i < layers; i++) {
      const wanted = i === layers - 1 ? this.#inputs.outputRows : undefined
      x = graph.inScope(`layer ${i}`, () => this.#mlp(i, this.#attention(i, x, wanted)))
    }
    const hidden = graph.inScope('head', () => this.#norm(FINAL_NORM, x, 'final norm'))
    return { hidden, vocabulary: tied ? table : this.#parameters.weight(HEAD, [vocabularySize, hiddenSize]), softcap }
  }

  #embed(table: Value): Value {
    const { embeddingScale: factor } = this.#settings
    const rows = (name: string) => this.#graph.applyOne(embed, [table, this.#inputs.tokens], {}, name)
    return factor === undefined ? rows('embedding') : this.#graph.applyOne(scale, [rows('embedding before scaling')], { factor }, 'embedding')
  }

  /** x [N, d] → [N, d], or [M, d] where only some rows are wanted, called `layer i: after attention`. */
  #attention(i: number, x: Value, wanted: OutputRows | undefined): Value {
    const { heads, kvHeads, headDim, scoreScale, norms } = this.#settings
    const graph = this.#graph
    const normed = this.#layerNorm(i, norms.beforeAttention, x)
    const select = (value: Value) => (wanted ? graph.applyOne(gatherRows, [value, wanted.rows, wanted.inverse], {}) : value)
    const cached = (name: string, rows: Value) => this.#inputs.cache?.extend(graph, `layer ${i}: ${name}`, rows, kvHeads) ?? rows
    const k = cached('keys', this.#turned(i, 'k', normed, this.#inputs.positions))
    const v = cached('values', this.#project(i, 'v', normed))
    const residual = select(x)
    const q = this.#turned(i, 'q', select(normed), (wanted ?? this.#inputs).positions)
    const { keyRange, queryRange } = this.#ranges(i, wanted ?? this.#inputs)
    const attributes = { heads, kvHeads, headDim, scale: scoreScale }
    const mixed = graph.apply(attention, [q, k, v, keyRange, queryRange], attributes, `layer ${i}: attention`)[0]!
    return this.#projectOnto(i, 'o', mixed, norms.afterAttention, residual, `layer ${i}: after attention`)
  }

  /** x [M, d] → [M, d], called `layer i: output`. */
  #mlp(i: number, x: Value): Value {
    const { activation, norms: { beforeMlp, afterMlp } } = this.#settings
    const inner = this.#layerNorm(i, beforeMlp, x)
    const activated = this.#graph.applyOne(gatedActivation, [this.#project(i, 'gate', inner), this.#project(i, 'up', inner)], { function: activation })
    return this.#projectOnto(i, 'down', activated, afterMlp, x, `layer ${i}: output`)
  }

  /** Queries or keys, normalised where they are, at their positions. */
  #turned(i: number, key: 'q' | 'k', x: Value, positions: Value): Value {
    const { headDim, contextLength, queryKeyNorm, windowRope, isWindowed } = this.#settings
    const projected = this.#project(i, key, x)
    const rows = queryKeyNorm ? this.#layerNorm(i, `self_attn.${key}_norm`, projected, headDim) : projected
    const table = this.#parameters.weight(windowRope && isWindowed(i) ? WINDOW_ROPE_TABLE : ROPE_TABLE, [contextLength, headDim])
    return this.#graph.applyOne(rope, [rows, table, positions], { headDim, rotaryDim: headDim, inverse: false })
  }

  #ranges(i: number, rows: ForwardInputs | OutputRows) {
    if (!this.#settings.isWindowed(i)) return rows
    requireShape(rows.window !== undefined, `layer ${i}`, 'the ranges of the window are missing')
    return rows.window
  }

  #project(i: number, key: DecoderModule, x: Value, options: LinearOptions = {}): Value {
    const module = layerModules(this.#settings, i)[key]
    return linear(this.#graph, this.#parameters, module, x, { bias: this.#settings.biases.has(key), ...options })
  }

  /** The projection, through `norm` where there is one, added to `residual`. */
  #projectOnto(i: number, key: DecoderModule, x: Value, norm: string | undefined, residual: Value, name: string): Value {
    if (norm === undefined) return this.#project(i, key, x, { addend: residual, name })
    return this.#graph.applyOne(sum, [residual, this.#layerNorm(i, norm, this.#project(i, key, x))], {}, name)
  }

  #layerNorm(i: number, name: string, x: Value, size?: number): Value {
    return this.#norm(`model.layers.${i}.${name}`, x, `layer ${i}: ${name}`, size)
  }

  /** Over each `size` numbers of a row. */
  #norm(module: string, x: Value, name: string, size = this.#settings.hiddenSize): Value {
    const { epsilon, normOffset: offset } = this.#settings
    return this.#graph.applyOne(rmsNorm, [x, this.#parameters.weight(`${module}.weight`, [size])], { epsilon, offset }, name)
  }
}

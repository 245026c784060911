/** Decoders of the GPT kind: one projection makes query, key and value, norms have a bias, and the MLP has no gate. */
import type { Graph, Value } from '../engine/graph.ts'
import type { ActivationFunction } from '../engine/ops/activation-function.ts'
import { activation } from '../engine/ops/activation.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { embed } from '../engine/ops/embed.ts'
import { gatherRows } from '../engine/ops/gather-rows.ts'
import { layerNorm } from '../engine/ops/layer-norm.ts'
import { rope } from '../engine/ops/rope.ts'
import { splitColumns } from '../engine/ops/split-columns.ts'
import { sum } from '../engine/ops/sum.ts'
import { linear, type LinearOptions } from './linear.ts'
import { ropeTable, turnedDimensions, type RopeSettings } from './rope-table.ts'
import { weightShape, type CheckpointTensor, type ForwardInputs, type LanguageModel, type LinearModule, type OutputRows, type ParameterSource } from './types.ts'

type FusedModule = 'attention' | 'output' | 'up' | 'down'

export interface FusedDecoderSettings {
  /** As in `model_type`. */
  readonly family: string
  readonly hiddenSize: number
  readonly innerSize: number
  readonly layers: number
  readonly heads: number
  readonly vocabularySize: number
  readonly contextLength: number
  /** See `LanguageModel`. */
  readonly ownDropout: number
  readonly activation: ActivationFunction
  readonly epsilon: number
  /** The vocabulary is the table of embeddings. */
  readonly tied: boolean
  /** How tensors are called: those of a layer without what stands before them, which `layer` gives. */
  readonly names: {
    readonly embeddings: string
    /** Rows that are added to the embeddings, one for each position, where they are learned. */
    readonly positions?: string
    readonly layer: (i: number) => string
    readonly attentionNorm: string
    readonly mlpNorm: string
    readonly modules: Readonly<Record<FusedModule, string>>
    readonly finalNorm: string
    readonly head: string
  }
  /** See `LinearModule`. */
  readonly fanInFanOut: boolean
  readonly attentionBias: boolean
  /** Query, key and value alternate head by head; otherwise each is one piece. */
  readonly interleaved: boolean
  /** The MLP reads what attention reads, not what attention made of it. */
  readonly parallelResidual: boolean
  /** Factor of the scores. */
  readonly scale: (layer: number) => number
  readonly rope?: RopeSettings
}

const ROPE_TABLE = 'rope.table'

/** The model of such settings; `maxPositions` bounds the context and the rotary table. */
export function fusedDecoder(settings: FusedDecoderSettings, maxPositions: number): LanguageModel {
  const { family, vocabularySize, hiddenSize, layers, ownDropout, rope: rotation } = settings
  const contextLength = Math.min(settings.contextLength, maxPositions)
  return {
    family,
    vocabularySize,
    hiddenSize,
    layers,
    contextLength,
    ownDropout,
    linearModules: Array.from({ length: layers }, (_, i) => Object.values(layerModules(settings, i))).flat(),
    tensors: checkpointTensors(settings),
    constants() {
      if (!rotation) return new Map()
      return new Map([[ROPE_TABLE, { shape: [contextLength, turnedDimensions(rotation)], data: ropeTable(rotation, contextLength) }]])
    },
    forward: (graph, parameters, inputs) => new ForwardPass(graph, parameters, inputs, settings, contextLength).outputs(),
  }
}

function layerModules({ hiddenSize, innerSize, names, fanInFanOut }: FusedDecoderSettings, layer: number): Record<FusedModule, LinearModule> {
  const module = (key: FusedModule, inFeatures: number, outFeatures: number): LinearModule => ({
    module: names.layer(layer) + names.modules[key], inFeatures, outFeatures, ...(fanInFanOut && { fanInFanOut }),
  })
  return {
    attention: module('attention', hiddenSize, 3 * hiddenSize),
    output: module('output', hiddenSize, hiddenSize),
    up: module('up', hiddenSize, innerSize),
    down: module('down', innerSize, hiddenSize),
  }
}

const hasBias = ({ attentionBias }: FusedDecoderSettings, key: FusedModule) => attentionBias || key === 'up' || key === 'down'

function checkpointTensors(settings: FusedDecoderSettings): CheckpointTensor[] {
  const { hiddenSize, vocabularySize, contextLength, layers, names, tied } = settings
  const norm = (name: string) => ['weight', 'bias'].map((part) => ({ name: `${name}.${part}`, shape: [hiddenSize] }))
  const ofLayer = (i: number) => [
    ...[names.attentionNorm, names.mlpNorm].flatMap((name) => norm(names.layer(i) + name)),
    ...Object.entries(layerModules(settings, i)).flatMap(([key, module]) => [
      { name: `${module.module}.weight`, shape: weightShape(module) },
      ...(hasBias(settings, key as FusedModule) ? [{ name: `${module.module}.bias`, shape: [module.outFeatures] }] : []),
    ]),
  ]
  return [
    { name: names.embeddings, shape: [vocabularySize, hiddenSize] },
    ...(names.positions === undefined ? [] : [{ name: names.positions, shape: [contextLength, hiddenSize] }]),
    ...norm(names.finalNorm),
    ...(tied ? [] : [{ name: names.head, shape: [vocabularySize, hiddenSize] }]),
    ...Array.from({ length: layers }, (_, i) => ofLayer(i)).flat(),
  ]
}

class ForwardPass {
  readonly #graph: Graph
  readonly #parameters: ParameterSource
  readonly #inputs: ForwardInputs
  readonly #settings: FusedDecoderSettings
  readonly #tableLength: number

  constructor(graph: Graph, parameters: ParameterSource, inputs: ForwardInputs, settings: FusedDecoderSettings, tableLength: number) {
    this.#graph = graph
    this.#parameters = parameters
    this.#inputs = inputs
    this.#settings = settings
    this.#tableLength = tableLength
  }

  outputs() {
    const { hiddenSize, vocabularySize, layers, names, tied } = this.#settings
    const graph = this.#graph
    const table = this.#parameters.weight(names.embeddings, [vocabularySize, hiddenSize])
    let x = graph.inScope('embedding', () => this.#embedded(table))
    for (let i = 0; i < layers; i++) {
      const wanted = i === layers - 1 ? this.#inputs.outputRows : undefined
      x = graph.inScope(`layer ${i}`, () => this.#layer(i, x, wanted))
    }
    const hidden = graph.inScope('head', () => this.#norm(names.finalNorm, x, 'final norm'))
    return { hidden, vocabulary: tied ? table : this.#parameters.weight(names.head, [vocabularySize, hiddenSize]) }
  }

  #embedded(table: Value): Value {
    const { hiddenSize, contextLength, names } = this.#settings
    const look = (rows: Value, ids: Value, name?: string) => this.#graph.applyOne(embed, [rows, ids], {}, name)
    if (names.positions === undefined) return look(table, this.#inputs.tokens, 'embedding')
    const places = this.#parameters.weight(names.positions, [contextLength, hiddenSize])
    return this.#graph.applyOne(sum, [look(table, this.#inputs.tokens), look(places, this.#inputs.positions)], {}, 'embedding')
  }

  /**
   * x [N, d] → [N, d], or [M, d] where only some rows are wanted. The states after attention and at its end are called
   * `layer i: after attention` and `layer i: output`.
   */
  #layer(i: number, x: Value, wanted: OutputRows | undefined): Value {
    const { names, parallelResidual, activation: name } = this.#settings
    const norm = (own: string, value: Value) => this.#norm(names.layer(i) + own, value, `layer ${i}: ${own}`)
    const mixed = this.#attention(i, this.#project(i, 'attention', norm(names.attentionNorm, x)), wanted)
    const residual = this.#select(x, wanted)
    const attended = this.#project(i, 'output', mixed, { addend: residual, name: `layer ${i}: after attention` })
    const inner = this.#project(i, 'up', norm(names.mlpNorm, parallelResidual ? residual : attended))
    const activated = this.#graph.applyOne(activation, [inner], { function: name })
    return this.#project(i, 'down', activated, { addend: attended, name: `layer ${i}: output` })
  }

  /** qkv [N, 3 · d] → [N, d], or [M, d] where only some rows are wanted; called `layer i: attention`. */
  #attention(i: number, qkv: Value, wanted: OutputRows | undefined): Value {
    const { heads, hiddenSize, interleaved, scale } = this.#settings
    const graph = this.#graph
    const parts = graph.apply(splitColumns, [qkv], { parts: 3, groups: interleaved ? heads : 1 })
    const [query, key, value] = parts as [Value, Value, Value]
    const cached = (name: string, rows: Value) => this.#inputs.cache?.extend(graph, `layer ${i}: ${name}`, rows, heads) ?? rows
    const k = cached('keys', this.#rotate(key, this.#inputs.positions))
    const v = cached('values', value)
    const { positions, keyRange, queryRange } = wanted ?? this.#inputs
    const q = this.#rotate(this.#select(query, wanted), positions)
    const attributes = { heads, kvHeads: heads, headDim: hiddenSize / heads, scale: scale(i) }
    return graph.apply(attention, [q, k, v, keyRange, queryRange], attributes, `layer ${i}: attention`)[0]!
  }

  #select(x: Value, wanted: OutputRows | undefined): Value {
    return wanted ? this.#graph.applyOne(gatherRows, [x, wanted.rows, wanted.inverse], {}) : x
  }

  #rotate(x: Value, positions: Value): Value {
    const { heads, hiddenSize, rope: rotation } = this.#settings
    if (!rotation) return x
    const rotaryDim = turnedDimensions(rotation)
    const table = this.#parameters.weight(ROPE_TABLE, [this.#tableLength, rotaryDim])
    return this.#graph.applyOne(rope, [x, table, positions], { headDim: hiddenSize / heads, rotaryDim, inverse: false })
  }

  #project(i: number, key: FusedModule, x: Value, options: LinearOptions = {}): Value {
    const module = layerModules(this.#settings, i)[key]
    return linear(this.#graph, this.#parameters, module, x, { bias: hasBias(this.#settings, key), ...options })
  }

  #norm(module: string, x: Value, name: string): Value {
    const { hiddenSize, epsilon } = this.#settings
    const [scale, bias] = ['weight', 'bias'].map((part) => this.#parameters.weight(`${module}.${part}`, [hiddenSize]))
    return this.#graph.applyOne(layerNorm, [x, scale, bias], { epsilon }, name)
  }
}

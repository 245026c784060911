/**
 * T5 (also T5 1.1 and Flan-T5): transformers' `modeling_t5.py` as a graph. An encoder reads the whole source; a decoder writes the
 * answer and attends to what the encoder made. Positions count only as a bias of attention, and scores are not scaled.
 */
import { requireShape, type Graph, type Value } from '../engine/graph.ts'
import { activation } from '../engine/ops/activation.ts'
import type { RelativePositions } from '../engine/ops/attention/attributes.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { embed } from '../engine/ops/embed.ts'
import { gatedActivation } from '../engine/ops/gated-activation.ts'
import { gatherRows } from '../engine/ops/gather-rows.ts'
import { rmsNorm } from '../engine/ops/rms-norm.ts'
import { scale } from '../engine/ops/scale.ts'
import { linear, type LinearOptions } from './linear.ts'
import { relativeBias } from './relative-bias.ts'
import { parseT5Config, type T5Config } from './t5-config.ts'
import { checkpointTensors, hasOwnHead, HEAD, linearModules, moduleOf, SHARED, type T5Module } from './t5-modules.ts'
import type { ForwardInputs, ForwardOutputs, LanguageModel, ParameterSource, Ranges, SourceInputs, StoredNames } from './types.ts'

/** The model of a T5 `config.json`; `maxPositions` bounds source and answer, which T5 itself does not. Throws as `parseT5Config`. */
export function t5(json: Readonly<Record<string, unknown>>, maxPositions: number, stored?: StoredNames): LanguageModel {
  const config = parseT5Config(json)
  const ownHead = stored ? hasOwnHead(stored) : json['tie_word_embeddings'] === false
  const pass = (graph: Graph, parameters: ParameterSource) => new T5Pass(graph, parameters, config, maxPositions)
  return {
    family: 't5',
    vocabularySize: config.vocabularySize,
    contextLength: maxPositions,
    hiddenSize: config.modelSize,
    layers: config.encoderLayers + config.decoderLayers,
    ownDropout: config.ownDropout,
    linearModules: linearModules(config),
    tensors: checkpointTensors(config, ownHead),
    constants: () => new Map(),
    encoder: {
      startToken: config.startToken,
      encode: (graph, parameters, source) => pass(graph, parameters).encode(source),
    },
    forward: (graph, parameters, inputs) => pass(graph, parameters).decode(inputs, ownHead),
  }
}

/** Attention with a bias, as all layers of a stack share it; none where keys are those of another sequence. */
interface Bias {
  readonly bias?: Value
  readonly relative?: RelativePositions
}

const memoryName = (layer: number, key: 'k' | 'v') => `layer ${layer}: memory ${key === 'k' ? 'keys' : 'values'}`

class T5Pass {
  readonly #graph: Graph
  readonly #parameters: ParameterSource
  readonly #config: T5Config
  readonly #longest: number

  constructor(graph: Graph, parameters: ParameterSource, config: T5Config, longest: number) {
    this.#graph = graph
    this.#parameters = parameters
    this.#config = config
    this.#longest = longest
  }

  /** What every layer of the decoder attends to: keys and values [S, heads · D] by name. */
  encode(source: SourceInputs): Map<string, Value> {
    const graph = this.#graph
    const { encoderLayers, decoderLayers } = this.#config
    const [embedded, bias] = graph.inScope('encoder embedding', () => [this.#embed(source.tokens, 'encoder embedding'), this.#bias('encoder')] as const)
    let x = embedded
    for (let i = 0; i < encoderLayers; i++) x = graph.inScope(`encoder layer ${i}`, () => this.#encoderLayer(i, x, source, bias))
    return graph.inScope('memory', () => {
      const states = this.#norm('encoder.final_layer_norm', x, 'encoder output')
      const rows = (layer: number, key: 'k' | 'v') => {
        const module = this.#project(`decoder.block.${layer}.layer.1.EncDecAttention.${key}`, states)
        return [memoryName(layer, key), module] as const
      }
      return new Map(Array.from({ length: decoderLayers }, (_, i) => [rows(i, 'k'), rows(i, 'v')]).flat())
    })
  }

  /** The decoder over `inputs.memory`. */
  decode(inputs: ForwardInputs, ownHead: boolean): ForwardOutputs {
    const graph = this.#graph
    const { decoderLayers, modelSize, vocabularySize, scaledOutput } = this.#config
    const [embedded, bias] = graph.inScope('embedding', () => [this.#embed(inputs.tokens, 'embedding'), this.#bias('decoder')] as const)
    let x = embedded
    for (let i = 0; i < decoderLayers; i++) {
      const outputRows = i === decoderLayers - 1 ? inputs.outputRows : undefined
      x = graph.inScope(`layer ${i}`, () => this.#decoderLayer(i, x, { ...inputs, outputRows }, bias))
    }
    const hidden = graph.inScope('head', () => {
      const normed = this.#norm('decoder.final_layer_norm', x, 'final norm')
      return scaledOutput ? graph.applyOne(scale, [normed], { factor: modelSize ** -0.5 }, 'scaled output') : normed
    })
    return { hidden, vocabulary: this.#parameters.weight(ownHead ? HEAD : SHARED, [vocabularySize, modelSize]) }
  }

  #encoderLayer(i: number, x: Value, source: SourceInputs, bias: Bias): Value {
    const [block, name] = [`encoder.block.${i}`, `encoder layer ${i}`]
    const normed = this.#norm(`${block}.layer.0.layer_norm`, x, `${name}: attention norm`)
    const project = (key: T5Module) => this.#project(`${block}.layer.0.SelfAttention.${key}`, normed)
    const mixed = this.#attend(project('q'), project('k'), project('v'), source, bias, `${name}: attention`)
    const attended = this.#project(`${block}.layer.0.SelfAttention.o`, mixed, { addend: x, name: `${name}: after attention` })
    return this.#feedForward(`${block}.layer.1`, attended, name)
  }

  /** x [N, d] → [N, d], or [M, d] where only some rows are wanted. */
  #decoderLayer(i: number, x: Value, inputs: ForwardInputs, bias: Bias): Value {
    const graph = this.#graph
    const [block, name] = [`decoder.block.${i}`, `layer ${i}`]
    const wanted = inputs.outputRows
    const select = (value: Value) => (wanted ? graph.applyOne(gatherRows, [value, wanted.rows, wanted.inverse], {}) : value)
    const cached = (part: string, rows: Value) => inputs.cache?.extend(graph, `${name}: ${part}`, rows, this.#config.heads) ?? rows
    const normed = this.#norm(`${block}.layer.0.layer_norm`, x, `${name}: attention norm`)
    const project = (key: T5Module, value: Value) => this.#project(`${block}.layer.0.SelfAttention.${key}`, value)
    const [k, v] = [cached('keys', project('k', normed)), cached('values', project('v', normed))]
    const mixed = this.#attend(project('q', select(normed)), k, v, wanted ?? inputs, bias, `${name}: attention`)
    const attended = this.#project(`${block}.layer.0.SelfAttention.o`, mixed, { addend: select(x), name: `${name}: after attention` })
    return this.#feedForward(`${block}.layer.2`, this.#attendToMemory(i, attended, inputs), name)
  }

  #attendToMemory(i: number, x: Value, { memory, outputRows }: ForwardInputs): Value {
    const ranges = outputRows ? outputRows.memory : memory
    requireShape(memory !== undefined && ranges !== undefined, `layer ${i}`, 'what the encoder made is missing')
    const [block, name, width] = [`decoder.block.${i}.layer.1`, `layer ${i}`, this.#config.heads * this.#config.keySize]
    const normed = this.#norm(`${block}.layer_norm`, x, `${name}: memory attention norm`)
    const [k, v] = [memory.rows(memoryName(i, 'k'), width), memory.rows(memoryName(i, 'v'), width)]
    const q = this.#project(`${block}.EncDecAttention.q`, normed)
    const mixed = this.#attend(q, k, v, ranges, {}, `${name}: memory attention`)
    return this.#project(`${block}.EncDecAttention.o`, mixed, { addend: x, name: `${name}: after memory attention` })
  }

  #attend(q: Value, k: Value, v: Value, { keyRange, queryRange }: Ranges, { bias, relative }: Bias, name: string): Value {
    const { heads, keySize } = this.#config
    const attributes = { heads, kvHeads: heads, headDim: keySize, scale: 1, relative }
    return this.#graph.apply(attention, [q, k, v, keyRange, queryRange, bias], attributes, name)[0]!
  }

  #feedForward(layer: string, x: Value, name: string): Value {
    const normed = this.#norm(`${layer}.layer_norm`, x, `${name}: MLP norm`)
    const project = (key: T5Module, value: Value, options?: LinearOptions) => this.#project(`${layer}.DenseReluDense.${key}`, value, options)
    const { gated, activation: of } = this.#config
    const inner = gated
      ? this.#graph.applyOne(gatedActivation, [project('wi_0', normed), project('wi_1', normed)], { function: of })
      : this.#graph.applyOne(activation, [project('wi', normed)], { function: of })
    return project('wo', inner, { addend: x, name: `${name}: output` })
  }

  #embed(tokens: Value, name: string): Value {
    const { vocabularySize, modelSize } = this.#config
    return this.#graph.applyOne(embed, [this.#parameters.weight(SHARED, [vocabularySize, modelSize]), tokens], {}, name)
  }

  /** A stack's bias, which its first layer owns. */
  #bias(stack: 'encoder' | 'decoder'): Bias {
    const { buckets, maxDistance, heads } = this.#config
    const table = this.#parameters.weight(`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, [buckets, heads])
    return relativeBias(this.#graph, table, { buckets, maxDistance, bidirectional: stack === 'encoder' }, this.#longest)
  }

  #project(module: string, x: Value, options: LinearOptions = {}): Value {
    return linear(this.#graph, this.#parameters, moduleOf(module, this.#config), x, options)
  }

  #norm(module: string, x: Value, name: string): Value {
    const { modelSize, epsilon } = this.#config
    return this.#graph.applyOne(rmsNorm, [x, this.#parameters.weight(`${module}.weight`, [modelSize])], { epsilon }, name)
  }
}

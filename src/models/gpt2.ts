/** GPT-2 (also DistilGPT2, DialoGPT): transformers' `modeling_gpt2.py` as a graph. */
import type { Graph, Value } from '../engine/graph.ts'
import type { ActivationFunction } from '../engine/ops/activation-function.ts'
import { activation } from '../engine/ops/activation.ts'
import { embed } from '../engine/ops/embed.ts'
import { sum } from '../engine/ops/sum.ts'
import { ConfigReader } from './config-reader.ts'
import { fusedAttention, normed, wantedRows } from './fused-attention.ts'
import { linear, type LinearOptions } from './linear.ts'
import { weightShape, type CheckpointTensor, type ForwardInputs, type LanguageModel, type LinearModule, type ParameterSource } from './types.ts'

interface Gpt2Config {
  hiddenSize: number
  innerSize: number
  layers: number
  heads: number
  vocabularySize: number
  contextLength: number
  activation: ActivationFunction
  epsilon: number
  tied: boolean
  scaleByHeadSize: boolean
  scaleByLayer: boolean
}

const [EMBEDDINGS, POSITIONS, FINAL_NORM, HEAD] = ['transformer.wte.weight', 'transformer.wpe.weight', 'transformer.ln_f', 'lm_head.weight']

/** Sizes go by GPT-2's own names, or by those of other families. Throws 'config-unsupported' or 'config-invalid' naming the field. */
function parseGpt2Config(json: Readonly<Record<string, unknown>>): Gpt2Config {
  const config = new ConfigReader(json)
  config.require('model_type', 'gpt2')
  config.require('add_cross_attention', false)
  config.require('quantization_config')
  // In f32 it changes nothing.
  config.flag('reorder_and_upcast_attn', false)
  const architectures = json['architectures']
  if (Array.isArray(architectures) && !architectures.some((name) => name === 'GPT2LMHeadModel' || name === 'GPT2Model')) {
    throw config.unsupported('architectures', architectures)
  }
  const size = (name: string, common: string, fallback: number) => config.size(json[name] === undefined && json[common] !== undefined ? common : name, fallback)
  const hiddenSize = size('n_embd', 'hidden_size', 768)
  const heads = size('n_head', 'num_attention_heads', 12)
  if (hiddenSize % heads !== 0) throw config.unsupported('n_head', heads)
  return {
    hiddenSize,
    heads,
    innerSize: config.size('n_inner', 4 * hiddenSize),
    layers: size('n_layer', 'num_hidden_layers', 12),
    vocabularySize: config.size('vocab_size', 50257),
    contextLength: size('n_positions', 'max_position_embeddings', 1024),
    activation: config.activation('activation_function', 'gelu_new'),
    epsilon: config.positive('layer_norm_epsilon', 1e-5),
    tied: config.flag('tie_word_embeddings', true),
    scaleByHeadSize: config.flag('scale_attn_weights', true),
    scaleByLayer: config.flag('scale_attn_by_inverse_layer_idx', false),
  }
}

/** The model of a GPT-2 `config.json`. Throws as `parseGpt2Config`. */
export function gpt2(json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel {
  const config = parseGpt2Config(json)
  const { vocabularySize, hiddenSize, layers } = config
  return {
    family: 'gpt2',
    vocabularySize,
    hiddenSize,
    layers,
    contextLength: Math.min(config.contextLength, maxPositions),
    linearModules: Array.from({ length: layers }, (_, i) => Object.values(layerModules(config, i))).flat(),
    tensors: checkpointTensors(config),
    constants: () => new Map(),
    forward(graph, parameters, inputs) {
      const table = parameters.weight(EMBEDDINGS, [vocabularySize, hiddenSize])
      let x = graph.inScope('embedding', () => embedded(graph, parameters, inputs, table, config))
      for (let i = 0; i < layers; i++) {
        const outputRows = i === layers - 1 ? inputs.outputRows : undefined
        x = graph.inScope(`layer ${i}`, () => block(graph, parameters, { ...inputs, outputRows }, config, i, x))
      }
      const hidden = graph.inScope('head', () => normed(graph, parameters, FINAL_NORM, x, config.epsilon, 'final norm'))
      return { hidden, vocabulary: config.tied ? table : parameters.weight(HEAD, [vocabularySize, hiddenSize]) }
    },
  }
}

function layerModules({ hiddenSize, innerSize }: Gpt2Config, layer: number) {
  const module = (name: string, inFeatures: number, outFeatures: number): LinearModule => ({
    module: `transformer.h.${layer}.${name}`, inFeatures, outFeatures, fanInFanOut: true,
  })
  return {
    attention: module('attn.c_attn', hiddenSize, 3 * hiddenSize),
    output: module('attn.c_proj', hiddenSize, hiddenSize),
    up: module('mlp.c_fc', hiddenSize, innerSize),
    down: module('mlp.c_proj', innerSize, hiddenSize),
  }
}

function checkpointTensors(config: Gpt2Config): CheckpointTensor[] {
  const { hiddenSize, vocabularySize, contextLength, layers, tied } = config
  const norm = (name: string) => ['weight', 'bias'].map((part) => ({ name: `${name}.${part}`, shape: [hiddenSize] }))
  const tensors = [
    { name: EMBEDDINGS, shape: [vocabularySize, hiddenSize] },
    { name: POSITIONS, shape: [contextLength, hiddenSize] },
    ...norm(FINAL_NORM),
    ...(tied ? [] : [{ name: HEAD, shape: [vocabularySize, hiddenSize] }]),
  ]
  const ofLayer = (layer: number) => [
    ...['ln_1', 'ln_2'].flatMap((name) => norm(`transformer.h.${layer}.${name}`)),
    ...Object.values(layerModules(config, layer)).flatMap((module) => [
      { name: `${module.module}.weight`, shape: weightShape(module) },
      { name: `${module.module}.bias`, shape: [module.outFeatures] },
    ]),
  ]
  return [...tensors, ...Array.from({ length: layers }, (_, i) => ofLayer(i)).flat()]
}

function embedded(graph: Graph, parameters: ParameterSource, { tokens, positions }: ForwardInputs, table: Value, { contextLength, hiddenSize }: Gpt2Config) {
  const words = graph.applyOne(embed, [table, tokens], {})
  const places = graph.applyOne(embed, [parameters.weight(POSITIONS, [contextLength, hiddenSize]), positions], {})
  return graph.applyOne(sum, [words, places], {}, 'embedding')
}

/** One layer: x [N, d] → [N, d], or [M, d] where only some rows are wanted. */
function block(graph: Graph, parameters: ParameterSource, inputs: ForwardInputs, config: Gpt2Config, layer: number, x: Value): Value {
  const { hiddenSize, heads, epsilon, scaleByHeadSize, scaleByLayer } = config
  const modules = layerModules(config, layer)
  const norm = (name: string, value: Value) => normed(graph, parameters, `transformer.h.${layer}.${name}`, value, epsilon, `layer ${layer}: ${name}`)
  const project = (module: LinearModule, value: Value, options?: LinearOptions) => linear(graph, parameters, module, value, { bias: true, ...options })
  const headDim = hiddenSize / heads
  const scale = (scaleByHeadSize ? headDim ** -0.5 : 1) / (scaleByLayer ? layer + 1 : 1)
  const mixed = fusedAttention(graph, project(modules.attention, norm('ln_1', x)), inputs, { layer, heads, headDim, scale, interleaved: false })
  const residual = wantedRows(graph, x, inputs.outputRows)
  const attended = project(modules.output, mixed, { addend: residual, name: `layer ${layer}: after attention` })
  const activated = graph.applyOne(activation, [project(modules.up, norm('ln_2', attended))], { function: config.activation })
  return project(modules.down, activated, { addend: attended, name: `layer ${layer}: output` })
}

/** The Llama family (also SmolLM2, TinyLlama): transformers' `modeling_llama.py` as a graph. */
import type { Graph, Value } from '../engine/graph.ts'
import type { ActivationFunction } from '../engine/ops/activation-function.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { embed } from '../engine/ops/embed.ts'
import { gatedActivation } from '../engine/ops/gated-activation.ts'
import { gatherRows } from '../engine/ops/gather-rows.ts'
import { rmsNorm } from '../engine/ops/rms-norm.ts'
import { rope } from '../engine/ops/rope.ts'
import { ConfigReader } from './config-reader.ts'
import { linear } from './linear.ts'
import { ropeTable, type RopeSettings } from './rope-table.ts'
import type { CheckpointTensor, ForwardInputs, LanguageModel, LinearModule, ParameterSource } from './types.ts'

interface LlamaConfig {
  hiddenSize: number
  intermediateSize: number
  layers: number
  heads: number
  kvHeads: number
  headDim: number
  vocabularySize: number
  contextLength: number
  activation: ActivationFunction
  epsilon: number
  tied: boolean
  attentionBias: boolean
  mlpBias: boolean
  rope: RopeSettings
}

const ROPE_TABLE = 'rope.table'

/** Reads config.json. Throws 'config-unsupported' or 'config-invalid' naming the field. */
function parseLlamaConfig(json: Readonly<Record<string, unknown>>): LlamaConfig {
  const config = new ConfigReader(json)
  config.require('model_type', 'llama')
  config.require('attention_dropout', 0)
  config.require('quantization_config')
  config.require('rope_interleaved', false)
  const architectures = json['architectures']
  if (Array.isArray(architectures) && !architectures.includes('LlamaForCausalLM')) throw config.unsupported('architectures', architectures)
  const heads = config.size('num_attention_heads')
  const hiddenSize = config.size('hidden_size')
  const kvHeads = config.size('num_key_value_heads', heads)
  const headDim = config.size('head_dim', hiddenSize / heads)
  if (heads % kvHeads !== 0) throw config.unsupported('num_key_value_heads', kvHeads)
  if (headDim % 2 !== 0) throw config.unsupported('head_dim', headDim)
  return {
    hiddenSize,
    heads,
    kvHeads,
    headDim,
    intermediateSize: config.size('intermediate_size'),
    layers: config.size('num_hidden_layers'),
    vocabularySize: config.size('vocab_size'),
    contextLength: config.size('max_position_embeddings', 2048),
    activation: config.activation('hidden_act', 'silu'),
    epsilon: config.positive('rms_norm_eps', 1e-6),
    tied: config.flag('tie_word_embeddings', false),
    attentionBias: config.flag('attention_bias', false),
    mlpBias: config.flag('mlp_bias', false),
    rope: parseRope(config, headDim),
  }
}

/** `rope_parameters` (transformers 5) or `rope_theta` with `rope_scaling` (before). */
function parseRope(config: ConfigReader, rotaryDim: number): RopeSettings {
  const settings = config.object('rope_parameters') ?? config.object('rope_scaling')
  const theta = settings?.positive('rope_theta', config.positive('rope_theta', 10000)) ?? config.positive('rope_theta', 10000)
  if (!settings) return { theta, rotaryDim, scaling: { type: 'default' } }
  settings.require('partial_rotary_factor', 1)
  const type = settings.text('rope_type', settings.text('type', 'default'))
  if (type === 'default') return { theta, rotaryDim, scaling: { type } }
  if (type === 'linear') return { theta, rotaryDim, scaling: { type, factor: settings.positive('factor') } }
  if (type !== 'llama3') throw settings.unsupported('rope_type', type)
  return {
    theta,
    rotaryDim,
    scaling: {
      type,
      factor: settings.positive('factor'),
      lowFrequencyFactor: settings.positive('low_freq_factor'),
      highFrequencyFactor: settings.positive('high_freq_factor'),
      originalContext: settings.size('original_max_position_embeddings'),
    },
  }
}

/** The model of a Llama `config.json`; `maxPositions` bounds the rotary table. Throws as `parseLlamaConfig`. */
export function llama(json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel {
  const config = parseLlamaConfig(json)
  const contextLength = Math.min(config.contextLength, maxPositions)
  return {
    family: 'llama',
    vocabularySize: config.vocabularySize,
    contextLength,
    hiddenSize: config.hiddenSize,
    layers: config.layers,
    linearModules: Array.from({ length: config.layers }, (_, i) => Object.values(layerModules(config, i))).flat(),
    tensors: checkpointTensors(config),
    constants: () => new Map([[ROPE_TABLE, { shape: [contextLength, config.headDim], data: ropeTable(config.rope, contextLength) }]]),
    forward: (graph, parameters, inputs) => forward(graph, parameters, inputs, config, contextLength),
  }
}

function layerModules(config: LlamaConfig, layer: number) {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config
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

function checkpointTensors(config: LlamaConfig): CheckpointTensor[] {
  const { hiddenSize, vocabularySize, layers, attentionBias, mlpBias } = config
  const tensors: CheckpointTensor[] = [
    { name: 'model.embed_tokens.weight', shape: [vocabularySize, hiddenSize] },
    { name: 'model.norm.weight', shape: [hiddenSize] },
  ]
  if (!config.tied) tensors.push({ name: 'lm_head.weight', shape: [vocabularySize, hiddenSize] })
  for (let i = 0; i < layers; i++) {
    for (const norm of ['input_layernorm', 'post_attention_layernorm']) tensors.push({ name: `model.layers.${i}.${norm}.weight`, shape: [hiddenSize] })
    for (const { module, inFeatures, outFeatures } of Object.values(layerModules(config, i))) {
      tensors.push({ name: `${module}.weight`, shape: [outFeatures, inFeatures] })
      if (module.includes('self_attn') ? attentionBias : mlpBias) tensors.push({ name: `${module}.bias`, shape: [outFeatures] })
    }
  }
  return tensors
}

function forward(graph: Graph, parameters: ParameterSource, inputs: ForwardInputs, config: LlamaConfig, contextLength: number) {
  const { hiddenSize, vocabularySize, layers, epsilon } = config
  const table = parameters.weight('model.embed_tokens.weight', [vocabularySize, hiddenSize])
  const ropeValues = parameters.weight(ROPE_TABLE, [contextLength, config.headDim])
  let x = graph.inScope('embedding', () => graph.applyOne(embed, [table, inputs.tokens], {}, 'embedding'))
  for (let i = 0; i < layers; i++) {
    const outputRows = i === layers - 1 ? inputs.outputRows : undefined
    x = graph.inScope(`layer ${i}`, () => block(graph, parameters, { ...inputs, outputRows }, config, i, x, ropeValues))
  }
  const scale = parameters.weight('model.norm.weight', [hiddenSize])
  const hidden = graph.inScope('head', () => graph.applyOne(rmsNorm, [x, scale], { epsilon }, 'final norm'))
  return { hidden, vocabulary: config.tied ? table : parameters.weight('lm_head.weight', [vocabularySize, hiddenSize]) }
}

/**
 * One decoder layer: x [N, d] → [N, d], or [M, d] where only some rows are wanted. The states after attention and at its end are
 * called `layer i: after attention` and `layer i: output`.
 */
function block(graph: Graph, parameters: ParameterSource, inputs: ForwardInputs, config: LlamaConfig, i: number, x: Value, ropeValues: Value): Value {
  const { epsilon, hiddenSize, heads, kvHeads, headDim, attentionBias, mlpBias } = config
  const modules = layerModules(config, i)
  const norm = (name: string, value: Value) =>
    graph.applyOne(rmsNorm, [value, parameters.weight(`model.layers.${i}.${name}.weight`, [hiddenSize])], { epsilon }, `layer ${i}: ${name}`)
  const rotate = (value: Value, positions: Value) => graph.applyOne(rope, [value, ropeValues, positions], { headDim, rotaryDim: headDim, inverse: false })
  const project = (layer: LinearModule, value: Value, added?: { addend: Value; name: string }) =>
    linear(graph, parameters, layer, value, { bias: layer.module.includes('self_attn') ? attentionBias : mlpBias, ...added })

  const cached = (name: string, rows: Value) => inputs.cache?.extend(graph, `layer ${i}: ${name}`, rows, kvHeads) ?? rows

  const normed = norm('input_layernorm', x)
  const k = cached('keys', rotate(project(modules.k, normed), inputs.positions))
  const v = cached('values', project(modules.v, normed))
  const wanted = inputs.outputRows
  const select = (value: Value) => (wanted ? graph.applyOne(gatherRows, [value, wanted.rows, wanted.inverse], {}) : value)
  const residual = select(x)
  const q = rotate(project(modules.q, select(normed)), (wanted ?? inputs).positions)
  const { keyRange, queryRange } = wanted ?? inputs
  const attributes = { heads, kvHeads, headDim, scale: headDim ** -0.5 }
  const mixed = graph.apply(attention, [q, k, v, keyRange, queryRange], attributes, `layer ${i}: attention`)[0]!
  const attended = project(modules.o, mixed, { addend: residual, name: `layer ${i}: after attention` })
  const inner = norm('post_attention_layernorm', attended)
  const activated = graph.applyOne(gatedActivation, [project(modules.gate, inner), project(modules.up, inner)], { function: config.activation })
  return project(modules.down, activated, { addend: attended, name: `layer ${i}: output` })
}

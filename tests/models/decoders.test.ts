/** Config files of the families that share Llama's decoder: what each reads, and what it refuses by name. */
import { describe, expect, it } from 'vitest'
import { Graph, type Value } from '../../src/engine/graph.ts'
import { attention } from '../../src/engine/ops/attention/index.ts'
import { rope } from '../../src/engine/ops/rope.ts'
import { scale } from '../../src/engine/ops/scale.ts'
import { modelFromConfig } from '../../src/models/index.ts'

type Config = Readonly<Record<string, unknown>>

const COMMON: Config = {
  hidden_size: 64, intermediate_size: 96, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16, num_hidden_layers: 4, vocab_size: 50,
}
const FAMILIES: Record<string, Config> = {
  mistral: { ...COMMON, model_type: 'mistral', architectures: ['MistralForCausalLM'] },
  qwen2: { ...COMMON, model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'] },
  qwen3: { ...COMMON, model_type: 'qwen3', architectures: ['Qwen3ForCausalLM'] },
  gemma3: { ...COMMON, model_type: 'gemma3_text', architectures: ['Gemma3ForCausalLM'] },
}

const model = (family: string, change: Config = {}) => modelFromConfig({ ...FAMILIES[family], ...change })
const names = (family: string, change: Config = {}) => model(family, change).tensors.map(({ name }) => name)

/** A forward pass over one token, as a graph. */
function forward(family: string, change: Config = {}) {
  const made = model(family, change)
  const graph = new Graph()
  const keyRange = (name: string) => ({ keyRange: graph.input(name, [1, 2], 'u32') })
  const inputs = { tokens: graph.input('tokens', [1], 'u32'), positions: graph.input('positions', [1], 'u32'), ...keyRange('all') }
  const parameters = { weight: (name: string, shape: readonly number[]) => graph.weight(name, shape, 'f32'), lora: () => undefined }
  const outputs = made.forward(graph, parameters, { ...inputs, window: made.window === undefined ? undefined : keyRange('window') })
  const nodes = (op: { name: string }) => graph.nodes.filter((node) => node.op.name === op.name)
  const input = (op: { name: string }, index: number) => nodes(op).map(({ inputs }) => (inputs[index] as Value).name)
  return { nodes, outputs, sees: input(attention, 3), tables: input(rope, 1), factors: nodes(scale).map(({ attributes }) => (attributes as { factor: number }).factor) }
}

describe('windows', () => {
  const [all, window] = ['all', 'window']
  it.each<[string, Config, (number | undefined), string[]]>([
    ['mistral', { sliding_window: 7 }, 7, [window, window, window, window]],
    ['mistral', { sliding_window: null }, undefined, [all, all, all, all]],
    ['mistral', {}, 4096, [window, window, window, window]],
    ['qwen2', { sliding_window: 7 }, undefined, [all, all, all, all]],
    ['qwen2', { sliding_window: 7, use_sliding_window: true, max_window_layers: 3 }, 7, [all, all, all, window]],
    ['qwen2', { sliding_window: 7, use_sliding_window: true, max_window_layers: 9 }, undefined, [all, all, all, all]],
    ['qwen3', { use_sliding_window: true, max_window_layers: 0 }, 4096, [window, window, window, window]],
    ['qwen3', { use_sliding_window: true, sliding_window: 5, layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'] }, 5,
      [window, all, window, all]],
    ['gemma3', { sliding_window: 5, sliding_window_pattern: 2 }, 5, [window, all, window, all]],
    ['gemma3', { sliding_window: 5 }, 5, [window, window, window, window]],
    ['gemma3', { layer_types: Array.from({ length: 4 }, () => 'full_attention') }, undefined, [all, all, all, all]],
  ])('of %s %j', (family, change, size, sees) => {
    expect(model(family, change).window).toBe(size)
    expect(forward(family, change).sees).toEqual(sees)
  })
})

describe('what else a family has of its own', () => {
  it('biases: of queries, keys and values in qwen2, of all of attention in qwen3 and gemma3 where they are on', () => {
    const biases = (family: string, change: Config = {}) => names(family, change).filter((name) => name.startsWith('model.layers.0') && name.endsWith('bias')).map((name) => name.split('.').at(-2))
    expect(biases('mistral')).toEqual([])
    expect(biases('qwen2')).toEqual(['q_proj', 'k_proj', 'v_proj'])
    expect(biases('qwen3')).toEqual([])
    for (const family of ['qwen3', 'gemma3']) expect(biases(family, { attention_bias: true })).toEqual(['q_proj', 'k_proj', 'v_proj', 'o_proj'])
  })

  it('norms', () => {
    const norms = (family: string) => names(family).filter((name) => /layers.0.*norm.weight$/.test(name)).map((name) => name.split('.').at(-2))
    expect(norms('mistral')).toEqual(['input_layernorm', 'post_attention_layernorm'])
    expect(norms('qwen3')).toEqual(['input_layernorm', 'post_attention_layernorm', 'q_norm', 'k_norm'])
    const four = ['input_layernorm', 'post_attention_layernorm', 'pre_feedforward_layernorm', 'post_feedforward_layernorm']
    expect(norms('gemma3')).toEqual([...four, 'q_norm', 'k_norm'])
  })

  it('a dropout of its own, which is told', () => {
    for (const family of Object.keys(FAMILIES)) expect(model(family, { attention_dropout: 0.1 }).ownDropout).toBe(0.1)
    expect(model('qwen3').ownDropout).toBe(0)
  })

  it('whether the vocabulary is tied where config.json does not say', () => {
    const untied = (family: string) => names(family).includes('lm_head.weight')
    expect(Object.keys(FAMILIES).map(untied)).toEqual([true, true, true, false])
  })

  it('gemma3: its embeddings are scaled by a number of the weights’ type, √64 being 8 in each, √640 25.25 in bfloat16', () => {
    const factor = (change: Config) => forward('gemma3', change).factors
    expect(factor({})).toEqual([8])
    expect(factor({ hidden_size: 640 })).toEqual([Math.fround(Math.sqrt(640))])
    expect(factor({ hidden_size: 640, dtype: 'bfloat16' })).toEqual([25.25])
    expect(factor({ hidden_size: 1152, torch_dtype: 'bfloat16' })).toEqual([34])
    expect(factor({ hidden_size: 640, dtype: 'float16' })).toEqual([25.296875])
  })

  it('gemma3: scores by query_pre_attn_scalar, bounds of the logits, and frequencies of windowed layers', () => {
    const { outputs, nodes, tables } = forward('gemma3', { query_pre_attn_scalar: 25, final_logit_softcapping: 30, sliding_window_pattern: 2 })
    expect(nodes(attention).map(({ attributes }) => (attributes as { scale: number }).scale)).toEqual([0.2, 0.2, 0.2, 0.2])
    expect(outputs.softcap).toBe(30)
    expect(tables[0]).toBe(tables[1])
    expect(tables[0]).not.toBe(tables[2])
    expect(forward('gemma3').outputs.softcap).toBeUndefined()
  })

  it('gemma3: frequencies in the words of transformers 4 and 5', () => {
    const tables = (change: Config) => [...model('gemma3', { max_position_embeddings: 8, ...change }).constants().values()].map(({ data }) => data)
    const before = { rope_theta: 5e5, rope_local_base_freq: 2e4, rope_scaling: { rope_type: 'linear', factor: 8 } }
    const full = { rope_type: 'linear', factor: 8, rope_theta: 5e5 }
    const now = { rope_parameters: { full_attention: full, sliding_attention: { rope_type: 'default', rope_theta: 2e4 } } }
    expect(tables(now)).toEqual(tables(before))
    expect(tables({})).not.toEqual(tables(before))
    expect(tables({})).toEqual(tables({ rope_theta: 1e6, rope_local_base_freq: 1e4 }))
  })
})

describe('what is refused by name', () => {
  it.each<[string, Config, string]>([
    ['mistral', { attention_bias: true }, 'attention_bias'],
    ['mistral', { sliding_window: null, layer_types: ['full_attention', 'sliding_attention', 'full_attention', 'full_attention'] }, 'layer_types'],
    ['mistral', { architectures: ['MistralForSequenceClassification'] }, 'architectures'],
    ['qwen2', { attention_bias: true }, 'attention_bias'],
    ['qwen2', { use_mrope: true }, 'use_mrope'],
    ['qwen2', { rope_scaling: { type: 'mrope', mrope_section: [2, 3, 3] } }, 'rope_scaling.mrope_section'],
    ['qwen2', { layer_types: ['full_attention', 'full_attention', 'full_attention', 'sliding_attention'] }, 'layer_types'],
    ['qwen3', { layer_types: ['full_attention'] }, 'layer_types'],
    ['qwen3', { layer_types: ['full_attention', 'linear_attention', 'full_attention', 'full_attention'] }, 'layer_types'],
    ['qwen3', { num_key_value_heads: 3 }, 'num_key_value_heads'],
    ['gemma3', { model_type: 'gemma3', text_config: {} }, 'gemma3'],
    ['gemma3', { use_bidirectional_attention: true }, 'use_bidirectional_attention'],
    ['gemma3', { rope_parameters: { rope_type: 'linear', factor: 8 } }, 'rope_parameters.rope_type'],
    ['gemma3', { sliding_window: null, layer_types: Array.from({ length: 4 }, () => 'sliding_attention') }, 'layer_types'],
    ['gemma3', { sliding_window: null }, 'sliding_window'],
  ])('%s %j', (family, change, field) => {
    expect(() => model(family, change)).toThrow(expect.objectContaining({ code: 'config-unsupported' }))
    expect(() => model(family, change)).toThrow(field)
  })

  it.each<[string, Config, string]>([
    ['mistral', { sliding_window: 0 }, 'sliding_window'],
    ['qwen2', { max_window_layers: -1 }, 'max_window_layers'],
    ['qwen3', { layer_types: 'full_attention' }, 'layer_types'],
    ['gemma3', { final_logit_softcapping: 0 }, 'final_logit_softcapping'],
    ['gemma3', { query_pre_attn_scalar: -4 }, 'query_pre_attn_scalar'],
  ])('%s %j is no config at all', (family, change, field) => {
    expect(() => model(family, change)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(() => model(family, change)).toThrow(field)
  })
})

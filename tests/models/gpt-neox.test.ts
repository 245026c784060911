/** A GPT-NeoX config.json, of old and new layout: what is read from it, and what is refused by name. */
import { describe, expect, it } from 'vitest'
import { Graph } from '../../src/engine/graph.ts'
import { modelFromConfig } from '../../src/models/index.ts'

/** As Pythia's on the hub, sizes aside. */
const config = {
  architectures: ['GPTNeoXForCausalLM'],
  model_type: 'gpt_neox',
  hidden_act: 'gelu',
  hidden_size: 48,
  intermediate_size: 80,
  max_position_embeddings: 64,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  rotary_emb_base: 10000,
  rotary_pct: 0.25,
  tie_word_embeddings: false,
  use_parallel_residual: true,
  vocab_size: 100,
}

const shapes = (extra: object) => new Map(modelFromConfig({ ...config, ...extra }).tensors.map(({ name, shape }) => [name, shape]))
const table = (extra: object) => modelFromConfig({ ...config, ...extra }).constants().get('rope.table')!

/** The value that the norm before the MLP of the first layer reads. */
function readByMlp(extra: object): string {
  const graph = new Graph()
  const input = (name: string, ...shape: number[]) => graph.input(name, shape, 'u32')
  const parameters = { weight: (name: string, shape: readonly number[]) => graph.weight(name, shape, 'f32'), lora: () => undefined }
  modelFromConfig({ ...config, ...extra }).forward(graph, parameters, { tokens: input('tokens', 3), positions: input('positions', 3), keyRange: input('range', 3, 2) })
  return graph.values.find(({ name }) => name === 'layer 0: post_attention_layernorm')!.node!.inputs[0]!.name
}

describe('a GPT-NeoX config', () => {
  it('gives sizes, tensors and the layers LoRA can sit on', () => {
    const model = modelFromConfig(config)
    expect(model).toMatchObject({ family: 'gpt_neox', vocabularySize: 100, contextLength: 64, hiddenSize: 48, layers: 2, ownDropout: 0 })
    expect(model.linearModules).toHaveLength(8)
    expect(model.linearModules[4]).toEqual({ module: 'gpt_neox.layers.1.attention.query_key_value', inFeatures: 48, outFeatures: 144 })
    expect(shapes({}).get('embed_out.weight')).toEqual([100, 48])
    expect(shapes({}).get('gpt_neox.layers.0.attention.dense.bias')).toEqual([48])
  })

  it('asks for no head where it is tied, and for no biases where attention has none', () => {
    expect(shapes({ tie_word_embeddings: true }).has('embed_out.weight')).toBe(false)
    expect(shapes({ attention_bias: false }).has('gpt_neox.layers.0.attention.query_key_value.bias')).toBe(false)
    expect(shapes({ attention_bias: false }).has('gpt_neox.layers.0.mlp.dense_h_to_4h.bias')).toBe(true)
  })

  it('lets the MLP read what attention reads, or what attention made of it', () => {
    expect(readByMlp({})).toBe('embedding')
    expect(readByMlp({ use_parallel_residual: false })).toBe('layer 0: after attention')
  })

  it('turns a part of each head: in pairs, an odd count with the one after it', () => {
    // GPTNeoXRotaryEmbedding of transformers 5.23 for heads of 12: a quarter is 3, and its angles at 1 are 1 and 10000^(-2/3).
    expect(table({}).shape).toEqual([64, 4])
    const [cosine, slower] = table({}).data.subarray(4, 6)
    expect(cosine).toBeCloseTo(Math.cos(1), 6)
    expect(slower).toBeCloseTo(Math.cos(10000 ** (-2 / 3)), 6)
    expect(table({ rotary_pct: 1 }).shape).toEqual([64, 12])
    expect(table({ rope_parameters: { rope_type: 'default', rope_theta: 10000, partial_rotary_factor: 0.5 } }).shape).toEqual([64, 6])
    expect(table({ rope_scaling: { type: 'linear', factor: 2 } }).data[8]).toBeCloseTo(Math.cos(1), 6)
  })

  it('tells of its own dropout', () => {
    expect(modelFromConfig({ ...config, hidden_dropout: 0.1, attention_dropout: 0.05 }).ownDropout).toBe(0.1)
    expect(() => modelFromConfig({ ...config, hidden_dropout: 1 })).toThrow('hidden_dropout')
  })

  it.each([
    [{ hidden_act: 'mish' }, 'hidden_act'],
    [{ architectures: ['GPTNeoXForTokenClassification'] }, 'architectures'],
    [{ quantization_config: { quant_method: 'gptq' } }, 'quantization_config'],
    [{ num_attention_heads: 5 }, 'num_attention_heads'],
    [{ rotary_pct: 0.05 }, 'rotary_pct'],
    [{ rope_theta: 500 }, 'rope_theta'],
    [{ partial_rotary_factor: 0.5 }, 'partial_rotary_factor'],
    [{ rope_scaling: { type: 'longrope', factor: 2 } }, 'rope_scaling.rope_type'],
  ])('is refused by name: %j', (extra, field) => {
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(expect.objectContaining({ code: 'config-unsupported' }))
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(field)
  })
})

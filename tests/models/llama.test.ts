/** A Llama config.json: what is read from it, what is refused by name, and its rotary frequencies against transformers'. */
import { describe, expect, it } from 'vitest'
import { ConfigReader } from '../../src/models/config-reader.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { readRope } from '../../src/models/rope-settings.ts'
import { ropeTable, type RopeSettings } from '../../src/models/rope-table.ts'

const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_act: 'silu',
  hidden_size: 64,
  intermediate_size: 172,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  num_hidden_layers: 2,
  vocab_size: 512,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
}

describe('a config that is supported', () => {
  it('gives sizes, tensors and the layers LoRA can sit on', () => {
    const model = modelFromConfig({ ...config, tie_word_embeddings: true })
    expect(model).toMatchObject({ family: 'llama', vocabularySize: 512, contextLength: 512, hiddenSize: 64, layers: 2 })
    expect(model.linearModules).toHaveLength(14)
    expect(model.linearModules[1]).toEqual({ module: 'model.layers.0.self_attn.k_proj', inFeatures: 64, outFeatures: 32 })
    expect(model.tensors.map(({ name }) => name)).not.toContain('lm_head.weight')
  })

  it('asks for lm_head where it is not tied, for biases where they are on, and for heads of their own size', () => {
    const names = (extra: object) => modelFromConfig({ ...config, ...extra }).tensors
    expect(names({}).map(({ name }) => name)).toContain('lm_head.weight')
    expect(names({ attention_bias: true }).map(({ name }) => name)).toContain('model.layers.1.self_attn.o_proj.bias')
    expect(names({ mlp_bias: true }).map(({ name }) => name)).toContain('model.layers.0.mlp.down_proj.bias')
    expect(names({ head_dim: 20 }).find(({ name }) => name.endsWith('0.self_attn.q_proj.weight'))?.shape).toEqual([160, 64])
  })

  it('reads rotary settings of both layouts', () => {
    const scaled = { rope_theta: 500000, rope_scaling: { type: 'linear', factor: 4 } }
    expect(() => modelFromConfig({ ...config, ...scaled })).not.toThrow()
    expect(() => modelFromConfig({ ...config, rope_parameters: { rope_type: 'default', rope_theta: 10000 } })).not.toThrow()
  })
})

describe('a config that asks for more is refused by name', () => {
  it.each([
    [{ model_type: 'mamba' }, 'model_type'],
    [{ model_type: '__proto__' }, 'model_type'],
    [{ hidden_act: 'mish' }, 'hidden_act'],
    [{ hidden_act: 'constructor' }, 'hidden_act'],
    [{ quantization_config: { quant_method: 'gptq' } }, 'quantization_config'],
    [{ architectures: ['LlamaForSequenceClassification'] }, 'architectures'],
    [{ rope_scaling: { rope_type: 'longrope', factor: 2 } }, 'rope_scaling.rope_type'],
    [{ rope_parameters: { full_attention: { rope_type: 'default' } } }, 'rope_parameters.full_attention'],
    [{ layer_types: ['full_attention', 'sliding_attention'] }, 'layer_types'],
    [{ original_max_position_embeddings: 64 }, 'original_max_position_embeddings'],
    [{ rope_parameters: { rope_type: 'default', partial_rotary_factor: 0.5 } }, 'rope_parameters.partial_rotary_factor'],
    [{ num_key_value_heads: 3 }, 'num_key_value_heads'],
    [{ rope_interleaved: true }, 'rope_interleaved'],
  ])('%j', (extra, field) => {
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(expect.objectContaining({ code: 'config-unsupported' }))
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(field)
  })

  it.each([
    [{ hidden_size: -64 }, 'hidden_size'],
    [{ num_hidden_layers: 2 ** 40 }, 'num_hidden_layers'],
    [{ rms_norm_eps: 'small' }, 'rms_norm_eps'],
    [{ attention_dropout: 1.5 }, 'attention_dropout'],
    [{ tie_word_embeddings: 'yes' }, 'tie_word_embeddings'],
    [{ rope_scaling: { rope_type: 'linear' } }, 'rope_scaling.factor'],
    [{ rope_scaling: [] }, 'rope_scaling'],
  ])('%j is no config at all', (extra, field) => {
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(field)
  })
})

describe('rotary frequencies', () => {
  // LlamaRotaryEmbedding(config).inv_freq of transformers 5.23, float32, for head_dim 16.
  const llama3 = { type: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 32 } as const
  const expected: [RopeSettings, number[]][] = [
    [{ theta: 10000, rotaryDim: 16, scaling: { type: 'default' } },
      [1, 0.3162277638912201, 0.1, 0.03162277862429619, 0.01, 0.003162277862429619, 0.001, 0.0003162277862429619]],
    [{ theta: 10000, rotaryDim: 16, scaling: { type: 'linear', factor: 4 } },
      [0.25, 0.07905694097280502, 0.025, 0.007905694656074047, 0.0025, 0.0007905694656074047, 0.00025, 7.905694656074047e-5]],
    [{ theta: 500000, rotaryDim: 16, scaling: llama3 },
      [1, 0.024240344762802124, 0.004700753837823868, 0.0009115831344388425, 0.00017677668074611574, 3.428102354519069e-5, 6.647869668086059e-6,
        1.289173155782919e-6]],
  ]

  // _compute_yarn_parameters(config), for the same heads: frequencies, and what cosines and sines are multiplied by.
  const yarn: [object, number[], number][] = [
    [{ factor: 4, original_max_position_embeddings: 32 },
      [1, 0.19764235615730286, 0.02500000037252903, 0.007905694656074047, 0.0024999999441206455, 0.0007905694656074047,
        0.0002500000118743628, 7.905694656074047e-5], 1.138629436111989],
    [{ rope_theta: 1e6, factor: 2, original_max_position_embeddings: 64, beta_fast: 16, beta_slow: 2, mscale: 1.2, mscale_all_dim: 0.7, truncate: false },
      [1, 0.08891396969556808, 0.015811389312148094, 0.0028117066249251366, 0.0005000000237487257, 8.891397010302171e-5,
        1.581138712936081e-5, 2.81170673588349e-6], 1.0330535888916623],
  ]

  it.each(yarn)('of yarn are those of transformers: %j', (given, frequencies, magnitude) => {
    const settings = readRope(new ConfigReader({ rope_parameters: { rope_type: 'yarn', ...given } }), { rotaryDim: 16, contextLength: 128 })
    const table = ropeTable(settings, 4)
    frequencies.forEach((frequency, i) => {
      expect(table[3 * 16 + i]! / magnitude).toBeCloseTo(Math.cos(3 * frequency), 6)
      expect(table[3 * 16 + 8 + i]! / magnitude / Math.sin(3 * frequency)).toBeCloseTo(1, 5)
    })
  })

  it.each(expected)('are those of transformers: %j', (settings, frequencies) => {
    const table = ropeTable(settings, 4)
    frequencies.forEach((frequency, i) => {
      expect(table[3 * 16 + i]).toBeCloseTo(Math.cos(3 * frequency), 6)
      expect(table[3 * 16 + 8 + i]! / Math.sin(3 * frequency)).toBeCloseTo(1, 5)
    })
  })
})

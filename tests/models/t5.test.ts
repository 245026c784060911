/** A T5 config.json: what is read from it, what is refused by name, and which tensors and layers it stands for. */
import { describe, expect, it } from 'vitest'
import { modelFromConfig } from '../../src/models/index.ts'

const config = {
  architectures: ['T5ForConditionalGeneration'],
  model_type: 't5',
  is_encoder_decoder: true,
  d_model: 64,
  d_kv: 12,
  d_ff: 100,
  num_layers: 2,
  num_decoder_layers: 3,
  num_heads: 4,
  vocab_size: 512,
  feed_forward_proj: 'gated-gelu',
  dropout_rate: 0.1,
  decoder_start_token_id: 0,
}

const tensorsOf = (extra: object, stored?: string[]) => new Map(modelFromConfig({ ...config, ...extra }, 4096, stored && new Set(stored)).tensors.map(({ name, shape }) => [name, shape]))

describe('a config that is supported', () => {
  it('gives sizes, and the layers LoRA can sit on by PEFT’s names', () => {
    const model = modelFromConfig(config, 300)
    expect(model).toMatchObject({ family: 't5', vocabularySize: 512, contextLength: 300, hiddenSize: 64, layers: 5, encoder: { startToken: 0 } })
    const modules = new Map(model.linearModules.map(({ module, inFeatures, outFeatures }) => [module, [inFeatures, outFeatures]]))
    expect(modules.size).toBe(2 * 7 + 3 * 11)
    expect(modules.get('encoder.block.0.layer.0.SelfAttention.q')).toEqual([64, 48])
    expect(modules.get('decoder.block.2.layer.1.EncDecAttention.o')).toEqual([48, 64])
    expect(modules.get('encoder.block.1.layer.1.DenseReluDense.wi_1')).toEqual([64, 100])
    expect(modules.get('decoder.block.2.layer.2.DenseReluDense.wo')).toEqual([100, 64])
  })

  it('has a head where one is stored, or by the config where that is not known; the bias of a stack lies in its first layer', () => {
    const embedding = 'shared.weight'
    expect(tensorsOf({}, [embedding]).has('lm_head.weight')).toBe(false)
    expect(tensorsOf({ tie_word_embeddings: false }, [embedding]).has('lm_head.weight')).toBe(false)
    expect(tensorsOf({}, [embedding, 'lm_head.weight']).has('lm_head.weight')).toBe(true)
    expect(tensorsOf({}, ['lm_head.weight']).has('lm_head.weight')).toBe(false)
    expect([tensorsOf({}), tensorsOf({ tie_word_embeddings: false })].map((names) => names.has('lm_head.weight'))).toEqual([false, true])
    const biases = [...tensorsOf({ relative_attention_num_buckets: 8 }).entries()].filter(([name]) => name.includes('relative'))
    expect(biases).toEqual(['encoder', 'decoder'].map((stack) => [`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, [8, 4]]))
  })

  it('has a matrix more where the MLP is gated, and as many decoder layers as encoder layers unless told', () => {
    const names = [...tensorsOf({ feed_forward_proj: 'relu', num_decoder_layers: null }).keys()]
    expect(names.filter((name) => name.endsWith('DenseReluDense.wi.weight'))).toHaveLength(4)
    expect(names.some((name) => name.includes('wi_0') || name.includes('decoder.block.2'))).toBe(false)
  })
})

describe('a config that asks for more is refused by name', () => {
  it.each([
    [{ architectures: ['T5EncoderModel'] }, 'architectures'],
    [{ is_encoder_decoder: false }, 'is_encoder_decoder'],
    [{ feed_forward_proj: 'gated-mish' }, 'feed_forward_proj'],
    [{ dense_act_fn: 'relu' }, 'dense_act_fn'],
    [{ relative_attention_num_buckets: 3 }, 'relative_attention_max_distance'],
    [{ relative_attention_max_distance: 16 }, 'relative_attention_max_distance'],
    [{ decoder_start_token_id: 512 }, 'decoder_start_token_id'],
    [{ quantization_config: { quant_method: 'gptq' } }, 'quantization_config'],
    [{ tie_encoder_decoder: true }, 'tie_encoder_decoder'],
  ])('%j', (extra, field) => {
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(expect.objectContaining({ code: 'config-unsupported' }))
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(field)
  })

  it.each([
    [{ num_layers: 0 }, 'num_layers'],
    [{ d_kv: 1.5 }, 'd_kv'],
    [{ decoder_start_token_id: -1 }, 'decoder_start_token_id'],
    [{ tie_word_embeddings: 'no' }, 'tie_word_embeddings'],
  ])('%j is no value', (extra, field) => {
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(field)
  })
})

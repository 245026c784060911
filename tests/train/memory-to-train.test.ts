/** What training takes, told from config.json: the bytes of the weights as they are kept, and what WebAssembly cannot hold. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryToTrain } from '../../src/train/memory-to-train.ts'

const SMOLLM2_135M = {
  model_type: 'llama', hidden_act: 'silu', hidden_size: 576, num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3, head_dim: 64,
  intermediate_size: 1536, vocab_size: 49152, tie_word_embeddings: true, rope_theta: 100000, rms_norm_eps: 1e-5, max_position_embeddings: 8192,
  torch_dtype: 'bfloat16',
}
const TINYLLAMA_1B = {
  ...SMOLLM2_135M, hidden_size: 2048, num_hidden_layers: 22, num_attention_heads: 32, num_key_value_heads: 4, intermediate_size: 5632,
  vocab_size: 32000, tie_word_embeddings: false, max_position_embeddings: 2048,
}
const SMALL_RUN = { batchSize: 1, maxLength: 256 }
const PARAMETERS = 134_515_008
const TABLE_BYTES = 4 * 4096 * 64

describe('memoryToTrain', () => {
  it('counts weights as WebGPU keeps them: as config.json says they are stored, or quantised', () => {
    const weights = (dtype: 'stored' | 'int8' | 'int4') => memoryToTrain(SMOLLM2_135M, { dtype }, 'webgpu').weightBytes - TABLE_BYTES
    expect(weights('stored') / (2 * PARAMETERS)).toBeCloseTo(1, 3)
    // A scale for each row; a scale and a minimum of two bytes each for 32 numbers.
    expect(weights('int8') / PARAMETERS).toBeCloseTo(1.005, 2)
    const int8Bytes = 49152 * (576 + 4) + 30 * (576 * (1536 + 4) + 2 * 192 * (576 + 4))
    const int8Weights = 49152 * 576 + 30 * 576 * (1536 + 2 * 192)
    expect((weights('int4') - int8Bytes) / (PARAMETERS - int8Weights)).toBeCloseTo(5 / 8, 2)
    expect(memoryToTrain({ ...SMOLLM2_135M, torch_dtype: 'float32' }, {}, 'webgpu').weightBytes - TABLE_BYTES).toBe(4 * PARAMETERS)
  })

  it('a model of 1.1 billion parameters in int8 trains in 2.5 GB on WebGPU', () => {
    expect(memoryToTrain(TINYLLAMA_1B, { ...SMALL_RUN, dtype: 'stored' }, 'webgpu').totalBytes).toBeGreaterThan(2.5e9)
    expect(memoryToTrain(TINYLLAMA_1B, { ...SMALL_RUN, dtype: 'int8' }, 'webgpu').totalBytes).toBeLessThan(2.5e9)
  })

  it('says what WebAssembly cannot hold', () => {
    expect(memoryToTrain(SMOLLM2_135M, SMALL_RUN, 'onnx')).toMatchObject({ fits: true, limitBytes: 2 ** 32 })
    expect(memoryToTrain(TINYLLAMA_1B, SMALL_RUN, 'onnx')).toMatchObject({ fits: false })
  })

  it('counts the encoder of a model that has one, and what it reads', () => {
    const config = JSON.parse(readFileSync(new URL('../fixtures/goldens/t5-gated/config.json', import.meta.url), 'utf8')) as Record<string, unknown>
    const bytes = (maxLength: number) => memoryToTrain(config, { batchSize: 1, maxLength }, 'webgpu').activationBytes
    expect(bytes(64)).toBeGreaterThan(1.5 * bytes(32))
  })

  it('grows with the batch and refuses layers that the model lacks', () => {
    const bytes = (batchSize: number) => memoryToTrain(SMOLLM2_135M, { batchSize, maxLength: 128 }, 'onnx').activationBytes
    expect(bytes(4)).toBeGreaterThan(2.5 * bytes(1))
    expect(() => memoryToTrain(SMOLLM2_135M, { targetModules: ['c_attn'] }, 'onnx')).toThrow(expect.objectContaining({ code: 'lora-targets' }))
  })
})

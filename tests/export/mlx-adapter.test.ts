/** An adapter for mlx-lm: its names, its matrices the other way round, and its scale. */
import { describe, expect, it } from 'vitest'
import { readTensors } from '../../src/adapters/tensors.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { mlxAdapter } from '../../src/runtime/export/mlx-adapter.ts'
import { goldenCase, loudAdapter } from './support.ts'

async function written(name: string, useRsLora = false) {
  const { folder } = await goldenCase(name)
  const adapter = loudAdapter(modelFromConfig(folder.config).linearModules)
  adapter.config.useRsLora = useRsLora
  const files = new Map((await mlxAdapter(folder, adapter)).map(({ path, bytes }) => [path, bytes]))
  return {
    adapter,
    config: JSON.parse(new TextDecoder().decode(files.get('adapter_config.json'))) as Record<string, unknown>,
    tensors: await readTensors(files.get('adapters.safetensors')!, 'adapters.safetensors'),
  }
}

describe('an adapter for mlx-lm', () => {
  it.each([
    ['llama-tied', 'model.layers.1.self_attn.q_proj', 'model.layers.1.self_attn.q_proj', 'self_attn.q_proj'],
    ['gpt2', 'transformer.h.1.mlp.c_fc', 'model.h.1.mlp.c_fc', 'mlp.c_fc'],
    ['gpt-neox', 'gpt_neox.layers.1.attention.query_key_value', 'model.h.1.attention.query_key_value', 'attention.query_key_value'],
  ])('has A as [in, rank] and B as [rank, out] under its names: %s', async (name, module, theirs, key) => {
    const { adapter, config, tensors } = await written(name)
    const { a, b, inFeatures, outFeatures } = adapter.pairs.find((pair) => pair.module === module)!
    const [theirA, theirB] = [tensors.get(`${theirs}.lora_a`)!, tensors.get(`${theirs}.lora_b`)!]
    for (let r = 0; r < 4; r++) {
      for (let i = 0; i < inFeatures; i++) expect(theirA[i * 4 + r]).toBe(a[r * inFeatures + i])
      for (let o = 0; o < outFeatures; o++) expect(theirB[r * outFeatures + o]).toBe(b[o * 4 + r])
    }
    expect(tensors.size).toBe(2 * adapter.pairs.length)
    expect(config).toMatchObject({ fine_tune_type: 'lora', num_layers: 2, lora_parameters: { rank: 4, scale: 2, dropout: 0 } })
    expect((config['lora_parameters'] as { keys: string[] }).keys).toContain(key)
  })

  it('has rsLoRA’s scale, α/√r', async () => {
    expect((await written('llama-tied', true)).config['lora_parameters']).toMatchObject({ scale: 4 })
  })

  it('is refused by name for a model with an encoder', async () => {
    await expect(written('t5-relu')).rejects.toMatchObject({ code: 'export-mlx-family', where: 't5' })
  })
})

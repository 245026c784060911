/** An adapter for llama.cpp: its names, its order of rows, its scale. The rules are llama.cpp's own, spelt out here anew. */
import { describe, expect, it } from 'vitest'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { decodeToFloat32 } from '../../src/hub/safetensors/decode.ts'
import type { ModelFolder } from '../../src/hub/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { ggufAdapter } from '../../src/runtime/export/gguf/adapter.ts'
import { readGguf } from '../../src/runtime/export/gguf/read.ts'
import { goldenCase, loudAdapter } from './support.ts'

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer())
const read = async (folder: ModelFolder, adapter: LoraAdapter, precision: 'f32' | 'f16' = 'f32') =>
  readGguf(await bytesOf(ggufAdapter(folder, adapter, 'pirate', precision)))
const rowOf = (matrix: Float32Array, row: number, columns: number) => [...matrix.subarray(row * columns, (row + 1) * columns)]

async function opened(name: string) {
  const { folder } = await goldenCase(name)
  return { folder, adapter: loudAdapter(modelFromConfig(folder.config).linearModules) }
}

describe('an adapter as GGUF', () => {
  it.each([
    ['llama-tied', 'llama', ['attn_k', 'attn_output', 'attn_q', 'attn_v', 'ffn_down', 'ffn_gate', 'ffn_up']],
    ['mistral-window', 'llama', ['attn_k', 'attn_output', 'attn_q', 'attn_v', 'ffn_down', 'ffn_gate', 'ffn_up']],
    ['qwen3-qknorm', 'qwen3', ['attn_k', 'attn_output', 'attn_q', 'attn_v', 'ffn_down', 'ffn_gate', 'ffn_up']],
    ['gemma3-text', 'gemma3', ['attn_k', 'attn_output', 'attn_q', 'attn_v', 'ffn_down', 'ffn_gate', 'ffn_up']],
    ['gpt2', 'gpt2', ['attn_output', 'attn_qkv', 'ffn_down', 'ffn_up']],
    ['gpt-neox', 'gptneox', ['attn_output', 'attn_qkv', 'ffn_down', 'ffn_up']],
  ])('has the architecture, names and shapes that llama.cpp looks for: %s', async (name, architecture, layers) => {
    const { folder, adapter } = await opened(name)
    const { values, tensors } = await read(folder, adapter)
    expect(Object.fromEntries(values)).toMatchObject({
      'general.architecture': architecture, 'general.type': 'adapter', 'adapter.type': 'lora', 'adapter.lora.alpha': 8, 'general.name': 'pirate',
    })
    const first = [...tensors.keys()].filter((key) => key.startsWith('blk.0.') && key.endsWith('.lora_a'))
    expect(first.sort()).toEqual(layers.map((layer) => `blk.0.${layer}.weight.lora_a`))
    expect(tensors.size).toBe(2 * adapter.pairs.length)
    for (const [key, { shape }] of tensors) expect(shape[key.endsWith('a') ? 0 : 1]).toBe(4)
  })

  it('has queries and keys of Llama with the halves of each head as neighbours, and no other rows moved', async () => {
    const { folder, adapter } = await opened('llama-tied')
    const [heads, keyHeads] = [folder.config['num_attention_heads'] as number, folder.config['num_key_value_heads'] as number]
    expect(heads).not.toBe(keyHeads)
    const { tensors } = await read(folder, adapter)
    for (const [layer, theirs, count] of [['self_attn.q_proj', 'attn_q', heads], ['self_attn.k_proj', 'attn_k', keyHeads], ['self_attn.v_proj', 'attn_v', 0]] as const) {
      const { b, outFeatures } = adapter.pairs.find(({ module }) => module === `model.layers.1.${layer}`)!
      const written = decodeToFloat32(tensors.get(`blk.1.${theirs}.weight.lora_b`)!.bytes, 'F32')
      const headDim = count === 0 ? outFeatures : outFeatures / count
      for (let row = 0; row < outFeatures; row++) {
        const [head, within] = [Math.floor(row / headDim), row % headDim]
        // reshape(heads, 2, d/2).swapaxes(1, 2): an even row is of the first half, an odd one of the second.
        const source = count === 0 ? row : head * headDim + (within % 2) * (headDim / 2) + Math.floor(within / 2)
        expect(rowOf(written, row, 4)).toEqual(rowOf(b, source, 4))
      }
    }
  })

  it('has all queries, then all keys, then all values of GPT-NeoX, and GPT-2’s as they are', async () => {
    const neox = await opened('gpt-neox')
    const { b, outFeatures } = neox.adapter.pairs.find(({ module }) => module.endsWith('0.attention.query_key_value'))!
    const written = decodeToFloat32((await read(neox.folder, neox.adapter)).tensors.get('blk.0.attn_qkv.weight.lora_b')!.bytes, 'F32')
    const heads = neox.folder.config['num_attention_heads'] as number
    const headDim = outFeatures / 3 / heads
    let row = 0
    for (let part = 0; part < 3; part++) {
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < headDim; i++) expect(rowOf(written, row++, 4)).toEqual(rowOf(b, (head * 3 + part) * headDim + i, 4))
      }
    }
    const gpt2 = await opened('gpt2')
    const tensors = (await read(gpt2.folder, gpt2.adapter)).tensors
    const pair = gpt2.adapter.pairs.find(({ module }) => module.endsWith('h.0.mlp.c_fc'))!
    expect(tensors.get('blk.0.ffn_up.weight.lora_a')!.shape).toEqual([4, pair.inFeatures])
    expect(decodeToFloat32(tensors.get('blk.0.ffn_up.weight.lora_b')!.bytes, 'F32')).toEqual(pair.b)
  })

  it('scales as rsLoRA does, by an alpha that llama.cpp divides by the rank', async () => {
    const { folder, adapter } = await opened('llama-tied')
    const rooted = { ...adapter, config: { ...adapter.config, useRsLora: true } }
    expect((await read(folder, rooted)).values.get('adapter.lora.alpha')).toBe(16)
  })

  it('is half as large in half precision, and refused where a number does not fit', async () => {
    const { folder, adapter } = await opened('qwen2-bias')
    const [full, half] = (['f32', 'f16'] as const).map((precision) => ggufAdapter(folder, adapter, 'pirate', precision))
    expect(half!.size).toBeLessThan(0.7 * full!.size)
    const { type, bytes } = readGguf(await bytesOf(half!)).tensors.get('blk.0.attn_q.weight.lora_b')!
    const wanted = adapter.pairs[0]!.b
    expect(type).toBe('f16')
    expect(Math.max(...decodeToFloat32(bytes, 'F16').map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(1e-4)
    adapter.pairs[0]!.b[3] = 1e6
    expect(() => ggufAdapter(folder, adapter, 'pirate', 'f16')).toThrowError(expect.objectContaining({ code: 'export-half-overflow' }))
  })

  it('is refused by name for a model with an encoder', async () => {
    const { folder, adapter } = await opened('t5-gated')
    expect(() => ggufAdapter(folder, adapter, 'pirate', 'f32')).toThrowError(expect.objectContaining({ code: 'export-gguf-family', where: 't5' }))
  })

  it('is not read where it is cut short', async () => {
    const { folder, adapter } = await opened('llama-tied')
    const bytes = await bytesOf(ggufAdapter(folder, adapter, 'pirate', 'f32'))
    for (const length of [3, 40, 500, bytes.length - 64]) {
      expect(() => readGguf(bytes.slice(0, length))).toThrowError(expect.objectContaining({ code: 'gguf-invalid' }))
    }
  })
})

/** A merged model as a folder: the base's tensors with what was learnt, in the base's own type, whatever the base looks like. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { openParityEngine, type ParityEngine } from '../../src/cli/parity/engines.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import { memorySource } from '../../src/hub/byte-source.ts'
import { openModelFolder, type FolderFile } from '../../src/hub/model-folder.ts'
import { readTensor, readTensorAsFloat32 } from '../../src/hub/safetensors/read-tensor.ts'
import { writeSafetensors } from '../../src/hub/safetensors/write.ts'
import type { ModelFolder, SafetensorsDtype } from '../../src/hub/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { checkMerged } from '../../src/runtime/export/check-merged.ts'
import type { Manner } from '../../src/runtime/export/manner.ts'
import { mergedFolder, MERGED_WEIGHTS } from '../../src/runtime/export/merged-folder.ts'
import { storeFloats } from '../../src/runtime/export/store-floats.ts'
import { ASKED, bytesOf, goldenCase, loudAdapter } from './support.ts'

async function written(folder: ModelFolder, adapter: LoraAdapter, manner = ASKED): Promise<FolderFile[]> {
  const files = mergedFolder(folder, adapter, manner)
  return Promise.all(files.map(async (file) => ({ path: `merged/${file.name}`, source: memorySource(file.name, await bytesOf(file)) })))
}

const adapterFor = (folder: ModelFolder) => loudAdapter(modelFromConfig(folder.config).linearModules)

/** The same model with its weights in another type. */
async function stored(folder: ModelFolder, dtype: SafetensorsDtype): Promise<ModelFolder> {
  const tensors = await Promise.all(
    Array.from(folder.tensors.values(), async (tensor) => ({
      name: tensor.name, dtype, shape: tensor.shape, data: storeFloats(await readTensorAsFloat32(tensor), dtype, tensor.name),
    })),
  )
  const source = memorySource(MERGED_WEIGHTS, writeSafetensors(tensors))
  const others = await Promise.all(mergedFolder(folder, adapterFor(folder), ASKED).slice(0, -1).map(async (file) => ({
    path: file.name, source: memorySource(file.name, await bytesOf(file)),
  })))
  return openModelFolder([...others, { path: MERGED_WEIGHTS, source }], folder.name)
}

describe('a merged model', () => {
  let engine: ParityEngine
  beforeAll(async () => {
    engine = await openParityEngine('onnx')
    return () => engine.destroy()
  })

  // Tied embeddings; weights as [in, out] with fused query, key and value; interleaved ones; grouped heads; two halves.
  it.each(['llama-tied', 'gpt2', 'gpt-neox', 'qwen2-bias', 'gemma3-text', 't5-gated'])('gives without an adapter the logits of its base with it: %s', async (name) => {
    const { given, folder } = await goldenCase(name)
    const files = await written(folder, given.trained)
    expect(await checkMerged(folder, given.trained, files)).toBe(given.trained.pairs.length)
    const batch = packMicroBatch(given.examples, planLayout([given.examples.map(exampleSize)]))
    const [base, merged] = [await engine.load(folder), await engine.load(await openModelFolder(files))]
    const [with_, without] = [await base.logits(batch, given.trained), await base.logits(batch, undefined)]
    const own = await merged.logits(batch, undefined)
    expect(Math.max(...own.map((logit, i) => Math.abs(logit - with_[i]!)))).toBeLessThan(1e-4)
    expect(Math.max(...own.map((logit, i) => Math.abs(logit - without[i]!)))).toBeGreaterThan(1e-3)
    for (const model of [base, merged]) model.destroy()
  })
})

it.each(['F32', 'BF16', 'F16'] as const)('keeps the base’s own type, and all that was not learnt as it is: %s', async (dtype) => {
  const { folder: f32 } = await goldenCase('llama-tied')
  const folder = await stored(f32, dtype)
  const adapter = adapterFor(folder)
  const files = await written(folder, adapter)
  await checkMerged(folder, adapter, files)
  const merged = await openModelFolder(files)
  expect(new Set(Array.from(merged.tensors.values(), (tensor) => tensor.dtype))).toEqual(new Set([dtype]))
  const norm = 'model.norm.weight'
  expect(await readTensor(merged.tensors.get(norm)!)).toEqual(await readTensor(folder.tensors.get(norm)!))
})

it('rounds to the nearest bfloat16, ties to even', () => {
  const bits = (value: number) => new Uint16Array(storeFloats(Float32Array.of(value), 'BF16', 'w').buffer)[0]
  expect([1, 1 + 2 ** -8, 1 + 2 ** -7 + 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -1 - 2 ** -8].map(bits)).toEqual([0x3f80, 0x3f80, 0x3f82, 0x3f81, 0xbf80])
})

it('is one file of a base in shards, with the names that the base has', async () => {
  const { folder } = await goldenCase('gpt2')
  // Half in each file, and without the first part of the names, as GPT-2's own files have them.
  const tensors = await Promise.all(Array.from(folder.tensors.values(), async (tensor) => ({
    name: tensor.name.replace('transformer.', ''), dtype: tensor.dtype, shape: tensor.shape, data: await readTensor(tensor),
  })))
  const shards = [tensors.filter((_, i) => i % 2 === 0), tensors.filter((_, i) => i % 2 === 1)]
  const names = shards.map((_, i) => `model-0000${i + 1}-of-00002.safetensors`)
  const weightMap = Object.fromEntries(shards.flatMap((shard, i) => shard.map(({ name }) => [name, names[i]])))
  const json = (name: string, value: unknown) => ({ path: name, source: memorySource(name, new TextEncoder().encode(JSON.stringify(value))) })
  const sharded = await openModelFolder([
    json('config.json', folder.config), json('tokenizer.json', folder.tokenizerJson),
    json('model.safetensors.index.json', { weight_map: weightMap }),
    ...shards.map((shard, i) => ({ path: names[i]!, source: memorySource(names[i]!, writeSafetensors(shard)) })),
  ])
  const adapter = adapterFor(sharded)
  const files = await written(sharded, adapter)
  expect(await checkMerged(sharded, adapter, files)).toBe(adapter.pairs.length)
  expect([...(await openModelFolder(files)).tensors.keys()].sort()).toEqual([...sharded.tensors.keys()].sort())
})

it('carries the template it was taught with and its end tokens, and else what the base has', async () => {
  const { folder } = await goldenCase('llama-tied')
  const open = async (manner: Manner) => openModelFolder(await written(folder, adapterFor(folder), manner))
  const taught = await open({ chatTemplate: 'Q: {{ x }}', endIds: [2, 5] })
  expect(taught.tokenizerConfig['chat_template']).toBe('Q: {{ x }}')
  expect(taught.generationConfig?.['eos_token_id']).toEqual([2, 5])
  const asked = await open(ASKED)
  expect(asked.tokenizerConfig).toEqual(folder.tokenizerConfig)
  // Numbers keep their points: transformers refuses 1 where it expects 1.0.
  expect(asked.configText).toBe(folder.configText)
  expect(folder.configText).toContain('10000.0')
})

it('is not handed over where a number, a tensor of the base or the adapter is another', async () => {
  const { folder } = await goldenCase('llama-tied')
  const adapter = adapterFor(folder)
  const files = await written(folder, adapter)
  const weights = files.at(-1)!.source
  const bytes = await weights.read(0, weights.size)
  const { tensors } = await openModelFolder(files)
  const spoilt = async (name: string) => {
    const copy = bytes.slice()
    copy[tensors.get(name)!.begin + 2]! ^= 0x40
    return [...files.slice(0, -1), { path: files.at(-1)!.path, source: memorySource(MERGED_WEIGHTS, copy) }]
  }
  for (const name of ['model.norm.weight', adapter.pairs[0]!.module + '.weight']) {
    await expect(checkMerged(folder, adapter, await spoilt(name))).rejects.toMatchObject({ code: 'export-differs', where: name })
  }
  const weaker = { ...adapter, config: { ...adapter.config, alpha: 0.99 * adapter.config.alpha } }
  await expect(checkMerged(folder, weaker, files)).rejects.toMatchObject({ code: 'export-differs' })
})

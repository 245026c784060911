/** Adapters out and in, as PEFT's folder and in a zip: exact round trips, and plain refusals of what does not fit. */
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { createAdapter } from '../../src/adapters/init.ts'
import { readPeftFolder, readPeftZip, writePeftFolder, writePeftZip } from '../../src/adapters/peft.ts'
import { writeTensors } from '../../src/adapters/tensors.ts'
import { writeSafetensors } from '../../src/hub/safetensors/write.ts'
import type { FloatTensor } from '../../src/adapters/tensors.ts'
import type { FolderFile, LoraAdapter } from '../../src/adapters/types.ts'
import { adapter, base, modules, receipt } from './samples.ts'

const target = { base, modules }
const A = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight'
const B = 'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight'

function failure(code: string, message = /./): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(message) as unknown })
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value))
}

const foreignConfig = { peft_type: 'LORA', r: 4, lora_alpha: 8, target_modules: ['q_proj'], base_model_name_or_path: 'tiny' }

/** A folder as another program would write it: no receipt. */
function foreign(tensors: FloatTensor[], config: object = foreignConfig): FolderFile[] {
  return [
    { path: 'adapter_config.json', bytes: json(config) },
    { path: 'adapter_model.safetensors', bytes: writeTensors(tensors, { format: 'pt' }) },
  ]
}

function tensor(name: string, shape: number[], fill = 0.5): FloatTensor {
  return { name, shape, data: new Float32Array(shape.reduce((x, y) => x * y, 1)).fill(fill) }
}

const good = [tensor(A, [4, 48]), tensor(B, [64, 4])]

describe('export', () => {
  it('writes every field of the configuration and the names of PEFT', async () => {
    const files = await writePeftFolder(adapter, receipt)
    expect(files.map(({ path }) => path)).toEqual(['adapter_config.json', 'adapter_model.safetensors', 'homespun.json'])
    const config = JSON.parse(new TextDecoder().decode(files[0]?.bytes)) as unknown
    expect(config).toEqual({
      peft_type: 'LORA', task_type: 'CAUSAL_LM', base_model_name_or_path: 'tiny', revision: null, r: 4, lora_alpha: 8,
      lora_dropout: 0.05, target_modules: ['q_proj', 'up_proj'], bias: 'none', fan_in_fan_out: false, use_rslora: true,
      use_dora: false, init_lora_weights: true, inference_mode: true, modules_to_save: null, rank_pattern: {}, alpha_pattern: {},
    })
    const weights = new TextDecoder('latin1').decode(files[1]?.bytes)
    for (const part of [A, B, '"__metadata__":{"format":"pt"}']) expect(weights).toContain(part)
  })

  it('F31 export, import, export gives the same bytes', async () => {
    const zip = await writePeftZip(adapter, receipt)
    const imported = await readPeftZip(zip, 'a.zip', target)
    expect(imported.adapter).toEqual(adapter)
    expect(imported.receipt).toEqual({ ...receipt, settings: { learningRate: 2e-4, lora: { rank: 4 } } })
    const again = await writePeftZip(imported.adapter, imported.receipt ?? receipt)
    expect(again).toEqual(zip)
    // The control: a last bit that differs is seen.
    const other = structuredClone(imported.adapter)
    const first = other.pairs[0]?.b
    if (first) first[0] = 1e-30
    expect(await writePeftZip(other, receipt)).not.toEqual(zip)
  })

  it('gives the same bytes whatever the order of pairs and of the keys of settings', async () => {
    const turned: LoraAdapter = { ...adapter, pairs: [...adapter.pairs].reverse() }
    const settings = { lora: { rank: 4 }, steps: undefined, learningRate: 2e-4 }
    expect(await writePeftZip(turned, { ...receipt, settings })).toEqual(await writePeftZip(adapter, receipt))
  })
})

describe('import', () => {
  it('reads an adapter of another program, from a nested folder, in the order of the model', async () => {
    const up = 'base_model.model.model.layers.0.mlp.up_proj'
    const tensors = [tensor(`${up}.lora_A.weight`, [4, 48]), tensor(`${up}.lora_B.weight`, [80, 4]), ...good]
    const files = foreign(tensors, { ...foreignConfig, target_modules: '.*_proj' })
    const entries = Object.fromEntries(files.map(({ path, bytes }) => [`my adapter/best/${path}`, bytes]))
    const zip = zipSync({ ...entries, 'my adapter/README.md': json('read me'), '__MACOSX/._adapter_config.json': json(1) })
    const imported = await readPeftZip(zip, 'a.zip', target)
    expect(imported.adapter.pairs.map(({ module }) => module)).toEqual([modules[0]?.module, modules[2]?.module])
    expect(imported.adapter.config).toEqual({
      rank: 4, alpha: 8, dropout: 0, useRsLora: false, targetModules: ['q_proj', 'up_proj'],
    })
    expect(imported).toMatchObject({ receipt: undefined, baseName: 'tiny' })
  })

  it('takes f16 and bf16 as the same numbers in f32', async () => {
    // 1.5 is 0x3e00 in f16 and 0x3fc0 in bf16.
    const words = (word: number, count: number) => new Uint8Array(new Uint16Array(count).fill(word).buffer)
    const weights = writeSafetensors([
      { name: A, dtype: 'F16', shape: [4, 48], data: words(0x3e00, 192) },
      { name: B, dtype: 'BF16', shape: [64, 4], data: words(0x3fc0, 256) },
    ])
    const files = [{ path: 'adapter_config.json', bytes: json(foreignConfig) }, { path: 'adapter_model.safetensors', bytes: weights }]
    const [pair] = (await readPeftFolder(files, target)).adapter.pairs
    expect(pair?.a).toEqual(new Float32Array(192).fill(1.5))
    expect(pair?.b).toEqual(new Float32Array(256).fill(1.5))
  })

  it('F22 lists unknown, misshaped and base-weight tensors, all of them', async () => {
    const tensors = [
      ...good,
      tensor('base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight', [4, 48]),
      tensor('base_model.model.model.layers.9.self_attn.q_proj.lora_B.weight', [64, 4]),
      tensor('base_model.model.model.layers.0.mlp.up_proj.lora_A.weight', [4, 47]),
      tensor('base_model.model.model.layers.0.mlp.up_proj.lora_B.weight', [80, 4, 1]),
      tensor('base_model.model.model.layers.0.self_attn.k_proj.base_layer.weight', [32, 48]),
      tensor('model.layers.0.self_attn.k_proj.weight', [32, 48]),
      tensor('base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector', [64]),
      tensor('whatever', []),
    ]
    const error: unknown = await readPeftFolder(foreign(tensors), target).catch((thrown: unknown) => thrown)
    expect(error).toEqual(failure('adapter-tensors', /^8 tensors/))
    const { message } = error as Error
    for (const { name } of tensors.slice(2)) expect(message).toContain(name)
    for (const reason of ['no such linear layer', '[4, 47]', '48 inputs', 'a weight of the base model', 'an unknown tensor']) {
      expect(message).toContain(reason)
    }
    expect(message).not.toContain(A)
  })

  it('F22 keeps the message bounded where everything is wrong', async () => {
    const tensors = Array.from({ length: 3000 }, (_, index) => tensor(`stranger${index}`, []))
    const error: unknown = await readPeftFolder(foreign(tensors), target).catch((thrown: unknown) => thrown)
    expect(error).toEqual(failure('adapter-tensors', /and 2800 more/))
  })

  it('F23 refuses A without B and B without A', async () => {
    await expect(readPeftFolder(foreign(good.slice(0, 1)), target)).rejects.toEqual(failure('adapter-tensors', /A without its B/))
    await expect(readPeftFolder(foreign(good.slice(1)), target)).rejects.toEqual(failure('adapter-tensors', /B without its A/))
    await expect(readPeftFolder(foreign([]), target)).rejects.toEqual(failure('adapter-tensors', /no tensors/))
  })

  it.each([
    [{ r: 0 }, 'lora-rank'], [{ r: -1 }, 'lora-rank'], [{ r: 1e12 }, 'lora-rank'], [{ r: undefined }, 'adapter-config'],
    [{ r: 8 }, 'adapter-tensors'], [{ lora_alpha: 0 }, 'lora-alpha'], [{ lora_alpha: undefined }, 'adapter-config'],
    [{ lora_alpha: '8' }, 'adapter-config'], [{ lora_dropout: 2 }, 'lora-dropout'],
  ])('F24 refuses rank or alpha that cannot be: %j', async (change, code) => {
    await expect(readPeftFolder(foreign(good, { ...foreignConfig, ...change }), target)).rejects.toEqual(failure(code))
  })

  it('F25 refuses an adapter of another base with the reason, unless insisted on', async () => {
    const zip = await writePeftZip(adapter, receipt)
    const other = { base: { name: 'other', hash: 'ffff' }, modules }
    await expect(readPeftZip(zip, 'a.zip', other)).rejects.toEqual(failure('adapter-other-base', /trained on tiny .*open model is other/))
    const sameName = { base: { name: 'tiny', hash: 'ffff' }, modules }
    await expect(readPeftZip(zip, 'a.zip', sameName)).rejects.toEqual(failure('adapter-other-base', /another version/))
    const insisted = await readPeftZip(zip, 'a.zip', { ...other, allowOtherBase: true })
    expect(insisted.adapter).toEqual(adapter)
    const narrow = modules.map((module) => ({ ...module, inFeatures: 32 }))
    await expect(readPeftZip(zip, 'a.zip', { base: other.base, modules: narrow, allowOtherBase: true }))
      .rejects.toEqual(failure('adapter-tensors', /32 inputs/))
  })

  it.each([NaN, Infinity, -Infinity])('F26 refuses %d in the weights, and says where', async (bad) => {
    const b = tensor(B, [64, 4])
    b.data[17] = bad
    await expect(readPeftFolder(foreign([tensor(A, [4, 48]), b]), target))
      .rejects.toEqual(failure('adapter-not-finite', /q_proj, element 17/))
  })

  it.each([
    ['use_dora', true], ['bias', 'all'], ['modules_to_save', ['lm_head']], ['peft_type', 'LOHA'], ['rank_pattern', { q_proj: 2 }],
    ['alpha_pattern', { q_proj: 2 }], ['init_lora_weights', 'pissa_niter_4'], ['layer_replication', [[0, 2]]], ['lora_bias', true],
    ['trainable_token_indices', [1]],
  ])('refuses %s %j by name', async (field, value) => {
    const files = foreign(good, { ...foreignConfig, [field]: value })
    await expect(readPeftFolder(files, target)).rejects.toEqual(failure('adapter-unsupported', new RegExp(field)))
  })

  it('refuses a folder without weights, two adapters at once, and no JSON', async () => {
    const files = foreign(good)
    await expect(readPeftFolder(files.slice(0, 1))).rejects.toEqual(failure('adapter-files', /adapter_model.safetensors is missing/))
    const two = [...files, ...files.map(({ path, bytes }) => ({ path: `other/${path}`, bytes }))]
    await expect(readPeftFolder(two)).rejects.toEqual(failure('adapter-files', /2 adapters/))
    const broken = [{ path: 'adapter_config.json', bytes: new Uint8Array([0x7b, 0xff]) }, ...files.slice(1)]
    await expect(readPeftFolder(broken)).rejects.toEqual(failure('adapter-config'))
  })

  it('sees weights that are not those of the receipt, and a receipt of a later version', async () => {
    const files = await writePeftFolder(adapter, receipt)
    const weights = files[1]?.bytes
    if (weights) weights[weights.length - 1] = 1
    await expect(readPeftFolder(files, target)).rejects.toEqual(failure('adapter-damaged', /delete homespun.json/))
    const later = [...files.slice(0, 2), { path: 'homespun.json', bytes: json({ version: 2 }) }]
    await expect(readPeftFolder(later, target)).rejects.toEqual(failure('receipt-newer'))
    const lacking = [...files.slice(0, 2), { path: 'homespun.json', bytes: json({ version: 1, name: 'x', createdAt: 'y', base: {} }) }]
    await expect(readPeftFolder(lacking, target)).rejects.toEqual(failure('receipt-invalid', /base\.name/))
    const unknown = [...files.slice(0, 2), { path: 'homespun.json', bytes: json({ version: 1, name: 'x', createdAt: 'y', base, weights: 'int2' }) }]
    await expect(readPeftFolder(unknown, target)).rejects.toEqual(failure('receipt-invalid', /"weights"/))
  })
})

describe('hostile zips', () => {
  it('refuses a bomb before inflating it', async () => {
    const bomb = zipSync({ 'adapter_config.json': json(foreignConfig), 'adapter_model.safetensors': new Uint8Array(65 * 2 ** 20) })
    await expect(readPeftZip(bomb, 'a.zip')).rejects.toEqual(failure('zip-too-large', /unpacks to 68157440 bytes/))
  })

  it('refuses a size that only claims to be large, or small', async () => {
    const zip = zipSync({ 'adapter_config.json': json(foreignConfig) })
    const view = new DataView(zip.buffer)
    const directory = view.getUint32(zip.length - 6, true)
    view.setUint32(directory + 24, 0xf0000000, true)
    await expect(readPeftZip(zip, 'a.zip')).rejects.toEqual(failure('zip-too-large', /larger than 2 GB/))
    view.setUint32(directory + 24, 3, true)
    await expect(readPeftZip(zip, 'a.zip')).rejects.toEqual(failure('adapter-config'))
    view.setUint32(directory + 24, 3000, true)
    await expect(readPeftZip(zip, 'a.zip')).rejects.toEqual(failure('zip-invalid'))
  })

  it.each([0, 1, 21, 22, 100, 70_000])('refuses %d bytes that are no zip', async (length) => {
    await expect(readPeftZip(new Uint8Array(length), 'a.zip')).rejects.toEqual(failure('zip-invalid'))
  })

  it('gives only typed errors for a zip with any byte changed', async () => {
    const small = createAdapter({ ...adapter.config, rank: 1, targetModules: ['q_proj'] }, modules, 1)
    const zip = await writePeftZip(small, receipt)
    for (let at = 0; at < zip.length; at += 3) {
      const changed = zip.slice()
      changed[at] = (changed[at] ?? 0) ^ 0x55
      const outcome: unknown = await readPeftZip(changed, 'a.zip', target).then(() => undefined, (error: unknown) => error)
      if (outcome !== undefined) expect(outcome, `byte ${at}`).toMatchObject({ name: 'HomespunError' })
    }
  })
})

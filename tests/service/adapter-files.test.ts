/** Adapters as folders and as loose files: taken like their zip, and refused by name where something is wrong with them. */
import { strFromU8, strToU8, unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { readPeftZip } from '../../src/adapters/peft.ts'
import { pickedName, readPicked } from '../../src/service/adapter-files.ts'
import type { PickedFile } from '../../src/service/types.ts'
import { writeSafetensors } from '../../src/hub/safetensors/write.ts'
import { listen, openTab, readyTab } from './support.ts'

type Folder = Record<string, Uint8Array<ArrayBuffer>>

const picked = (folder: Folder, at = 'pirate/'): PickedFile[] => Object.entries(folder).map(([name, bytes]) => ({ path: at + name, file: new File([bytes], name) }))

/** A, B of one layer, as another program writes them. */
function weights(change: { a?: Float32Array<ArrayBuffer>; without?: 'lora_A' | 'lora_B'; more?: string } = {}): Uint8Array<ArrayBuffer> {
  const { a = new Float32Array(4 * 304), without = 'none', more } = change
  const name = (side: string) => `base_model.model.model.toy.${side}.weight`
  const bytes = (data: Float32Array<ArrayBuffer>) => new Uint8Array(data.buffer)
  return writeSafetensors([
    { name: name('lora_A'), dtype: 'F32' as const, shape: [4, 304], data: bytes(a) },
    { name: name('lora_B'), dtype: 'F32' as const, shape: [304, 4], data: bytes(new Float32Array(304 * 4)) },
    ...(more ? [{ name: more, dtype: 'F32' as const, shape: [1], data: bytes(new Float32Array(1)) }] : []),
  ].filter((tensor) => tensor.name !== name(without)), {})
}

const config = (change: object = {}) => strToU8(JSON.stringify({ peft_type: 'LORA', r: 4, lora_alpha: 8, target_modules: ['toy'], ...change }))

describe('a folder', () => {
  let tab: Awaited<ReturnType<typeof readyTab>>
  let ours: Folder
  beforeAll(async () => {
    tab = await readyTab({}, 4)
    const { adapterId } = await tab.service.train(tab.settings, 'Pirate', listen().onEvent)
    ours = unzipSync((await tab.service.exportAdapter(adapterId)).bytes)
  })

  it('F31 is what its zip is, in a folder, in folders, beside other files, or as two files picked together', async () => {
    const { 'homespun.json': receipt, ...peft } = ours
    const whole = await readPicked(picked({ ...ours, 'README.md': strToU8('Hello') }, 'runs/one/'), undefined)
    expect(whole.receipt).toMatchObject({ name: 'Pirate' })
    const { id } = await tab.service.importAdapter(picked(ours))
    expect(unzipSync((await tab.service.exportAdapter(id)).bytes)).toEqual(ours)
    expect(strFromU8(ours['README.md']!)).toMatch(/## How it is asked[^]*\{input\}[^]*An answer is over with `<\/s>`\./)
    const loose = await tab.service.importAdapter(picked(peft, ''))
    expect(loose).toMatchObject({ name: 'adapter', imported: true, steps: 0 })
    expect((await tab.service.importAdapter(picked(peft, 'runs/rhymes/'))).name).toBe('rhymes')
    expect(strFromU8(receipt!)).toContain('Pirate')
    expect(pickedName([{ path: 'my.zip', file: new File([], 'my.zip') }])).toBe('my')
  })

  it.each<[string, Folder, string, RegExp]>([
    ['F22 a tensor of the base', { 'adapter_config.json': config(), 'adapter_model.safetensors': weights({ more: 'model.embed_tokens.weight' }) }, 'adapter-tensors', /embed_tokens\.weight: a weight of the base/],
    ['F23 A without B', { 'adapter_config.json': config(), 'adapter_model.safetensors': weights({ without: 'lora_B' }) }, 'adapter-tensors', /model\.toy: A without its B/],
    ['F24 another rank', { 'adapter_config.json': config({ r: 8 }), 'adapter_model.safetensors': weights() }, 'adapter-tensors', /rank in the configuration is 8/],
    ['F24 rank 0', { 'adapter_config.json': config({ r: 0 }), 'adapter_model.safetensors': weights() }, 'lora-rank', /cannot be 0/],
    ['F26 NaN', { 'adapter_config.json': config(), 'adapter_model.safetensors': weights({ a: new Float32Array(4 * 304).fill(NaN) }) }, 'adapter-not-finite', /NaN or infinite/],
    ['a bias', { 'adapter_config.json': config({ bias: 'all' }), 'adapter_model.safetensors': weights() }, 'adapter-unsupported', /bias "all"/],
    ['no weights', { 'adapter_config.json': config() }, 'adapter-files', /adapter_model\.safetensors is missing/],
    ['no configuration', { 'adapter_model.safetensors': weights() }, 'adapter-files', /adapter_config\.json is missing/],
    ['weights that are a program', { 'adapter_config.json': config(), 'adapter_model.bin': config() }, 'adapter-pickle', /can run code/],
    ['nothing of an adapter', { 'notes.txt': config() }, 'adapter-files', /missing/],
  ])('with %s is refused by name, and nothing is kept', async (_what, folder, code, message) => {
    const before = (await tab.service.listAdapters()).length
    await expect(tab.service.importAdapter(picked(folder))).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
    expect(await tab.service.listAdapters()).toHaveLength(before)
  })

  it('that is whole is taken where those are refused; two of them at once, or none open to belong to, are not', async () => {
    const whole = { 'adapter_config.json': config(), 'adapter_model.safetensors': weights() }
    expect(await tab.service.importAdapter(picked(whole))).toMatchObject({ name: 'pirate', base: { name: 'tiny-llama' } })
    await expect(tab.service.importAdapter([...picked(whole), ...picked(whole, 'other/')])).rejects.toMatchObject({ code: 'adapter-files' })
    await expect(openTab().service.importAdapter(picked(whole))).rejects.toMatchObject({ code: 'no-model' })
    await expect(readPeftZip(whole['adapter_config.json'], 'x.zip')).rejects.toMatchObject({ code: 'zip-invalid' })
  })

  it('F25 of another base is refused by its hash', async () => {
    const receipt = JSON.parse(strFromU8(ours['homespun.json']!)) as { base: { hash: string } }
    const other = { ...ours, 'homespun.json': strToU8(JSON.stringify({ ...receipt, base: { ...receipt.base, hash: 'ffff' } })) }
    await expect(tab.service.importAdapter(picked(other))).rejects.toMatchObject({ code: 'adapter-other-base' })
    expect(await tab.service.importAdapter(picked(other), true)).toMatchObject({ base: { hash: 'ffff' } })
  })
})

/** F25, overridden: an adapter on another version of its base, where every shape fits, with its receipt saying so. */
import { beforeAll, describe, expect, it } from 'vitest'
import { whyUnfit } from '../../src/service/adopting.ts'
import type { OpenModel } from '../../src/service/open-model.ts'
import { modelFiles, picked, readyTab } from './support.ts'

const quiet = () => undefined
const question = { prompt: 'What is a cat?', raw: false, options: { maxTokens: 8, stopStrings: [], temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 1, adapterStrength: 1 } }

describe('an adapter of another version of the model', () => {
  let tab: Awaited<ReturnType<typeof readyTab>>
  let adapterId: string
  let baseHash: string
  beforeAll(async () => {
    tab = await readyTab({}, 4)
    ;({ adapterId } = await tab.service.train(tab.settings, 'Pirate', quiet))
    baseHash = (await tab.service.listAdapters())[0]!.base.hash
    const config = await modelFiles().find(({ path }) => path.endsWith('/config.json'))!.file.text()
    await tab.service.openModel(modelFiles({ 'config.json': JSON.stringify({ ...(JSON.parse(config) as object), rms_norm_eps: 1e-6 }) }), quiet)
  })

  it('is refused as it is, fits, and speaks as a copy; the first stays as it was', async () => {
    const { service } = tab
    await expect(service.generate({ ...question, adapterId }, quiet)).rejects.toMatchObject({ code: 'adapter-other-base' })
    expect(await service.fitsOpenModel(adapterId)).toBe(true)
    const copy = await service.adoptAdapter(adapterId, 'Pirate, on tiny-llama')
    expect(copy).toMatchObject({ name: 'Pirate, on tiny-llama', trainedOn: { hash: baseHash }, imported: false, steps: 4 })
    expect(copy.base.hash).not.toBe(baseHash)
    expect((await service.generate({ ...question, adapterId: copy.id }, quiet)).tokens).toBeGreaterThan(0)
    expect((await service.listAdapters()).find(({ id }) => id === adapterId)!.base.hash).toBe(baseHash)
    const zip = await service.exportAdapter(copy.id)
    const back = await service.importAdapter(picked(new File([zip.bytes], zip.fileName)))
    expect(back).toMatchObject({ base: copy.base, trainedOn: { hash: baseHash } })
  })

  it('back on what it learnt on, it is an adapter like any other', async () => {
    const { service } = tab
    const copy = await service.adoptAdapter(adapterId, 'there')
    await service.openModel(modelFiles(), quiet)
    expect(await service.adoptAdapter(copy.id, 'back')).toMatchObject({ base: { hash: baseHash }, trainedOn: undefined })
    await service.closeModel()
    expect(await service.fitsOpenModel(copy.id)).toBe(false)
    await expect(service.adoptAdapter(copy.id, 'x')).rejects.toMatchObject({ code: 'no-model' })
  })
})

describe('what does not fit', () => {
  const layer = { module: 'q', inFeatures: 4, outFeatures: 8 }
  const model = (change: object = {}) => ({ loaded: { linearModules: [layer] }, tokenizer: { hasChatTemplate: false, decoderStartId: undefined, ...change } }) as unknown as OpenModel
  const plain = { prompt: '{input}', answer: '{output}' }

  it('is named: a layer, its shape, or a form of question that the model has not', () => {
    expect(whyUnfit({ modules: [layer], template: plain }, model())).toBeUndefined()
    expect(whyUnfit({ modules: [{ ...layer, module: 'k' }], template: plain }, model())).toBe('k: the model has no such linear layer')
    expect(whyUnfit({ modules: [{ ...layer, outFeatures: 9 }], template: plain }, model())).toBe('q: 4 × 9, and the model’s layer has 4 × 8')
    expect(whyUnfit({ modules: [layer], template: 'chat-template' }, model())).toMatch(/the model has none/)
    expect(whyUnfit({ modules: [layer], template: 'chat-template' }, model({ hasChatTemplate: true }))).toBeUndefined()
    expect(whyUnfit({ modules: [layer], template: plain }, model({ decoderStartId: 0 }))).toMatch(/encoder/)
    expect(whyUnfit({ modules: [layer], template: 'source-target' }, model())).toMatch(/encoder/)
  })
})

/** Adapters on the shelf, through the service: handed out and taken in again, refused, damaged, deleted. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import type { GenerationRequest } from '../../src/service/types.ts'
import { containing } from '../support/matching.ts'
import { modelFiles, picked, readyTab } from './support.ts'

const question: GenerationRequest = {
  prompt: 'cat 0?', raw: false, adapterId: undefined,
  options: {
    temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 12, stopStrings: [], adapterStrength: 1,
  },
}
const quiet = () => undefined

/** Flips one byte of a stored record, as a decaying disk would. */
async function damage(factory: IDBFactory, key: string[]): Promise<void> {
  const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)))
  const database = await done<IDBDatabase>(factory.open('homespun'))
  const store = database.transaction('records', 'readwrite').objectStore('records')
  const record = (await done(store.get(key))) as { body: Uint8Array }
  record.body[5]! ^= 1
  await done(store.put(record, key))
  database.close()
}

describe('the shelf', () => {
  it('F31 export, delete, import, export: the same bytes, and the same answer', async () => {
    const { service, settings } = await readyTab()
    const { adapterId } = await service.train(settings, 'Tiere & Töne', quiet)
    const before = await service.generate({ ...question, adapterId }, quiet)
    const zip = await service.exportAdapter(adapterId)
    expect(zip.fileName).toMatch(/^Tiere-.*\.zip$/)
    await service.deleteAdapter(adapterId)
    expect(await service.listAdapters()).toEqual([])
    const imported = await service.importAdapter(picked(new File([zip.bytes], zip.fileName)))
    expect(imported).toMatchObject({ name: 'Tiere & Töne', imported: true, settings })
    expect((await service.generate({ ...question, adapterId: imported.id }, quiet)).text).toBe(before.text)
    expect((await service.exportAdapter(imported.id)).bytes).toEqual(zip.bytes)
    await service.renameAdapter(imported.id, 'Other')
    expect((await service.listAdapters())[0]!.name).toBe('Other')
  })

  it('F25 an adapter of another base is refused with the reason', async () => {
    const { service, settings } = await readyTab()
    const { adapterId } = await service.train(settings, 'x', quiet)
    const zip = await service.exportAdapter(adapterId)
    const config = await modelFiles().find(({ path }) => path.endsWith('/config.json'))!.file.text()
    const changed = JSON.stringify({ ...(JSON.parse(config) as object), rms_norm_eps: 1e-6 })
    await service.openModel(modelFiles({ 'config.json': changed }), quiet)
    await expect(service.importAdapter(picked(new File([zip.bytes], 'x.zip')))).rejects.toMatchObject({ code: 'adapter-other-base' })
    await expect(service.generate({ ...question, adapterId }, quiet)).rejects.toMatchObject({ code: 'adapter-other-base' })
  })

  it('F82 a damaged adapter is set aside and told; the others are listed', async () => {
    const database = new IDBFactory()
    const { service, settings } = await readyTab({ database }, 4)
    const { adapterId } = await service.train(settings, 'broken', quiet)
    await service.train(settings, 'whole', quiet)
    expect(await service.storageEstimate()).toMatchObject({ damaged: 0, problems: [] })
    await damage(database, ['adapter', adapterId])
    expect((await service.listAdapters()).map(({ name }) => name)).toEqual(['whole'])
    expect(await service.storageEstimate()).toMatchObject({ damaged: 1, problems: [containing('damaged')] })
    await service.listAdapters()
    expect((await service.storageEstimate()).damaged, 'told until it is cleared away').toBe(1)
    await service.clearDamaged()
    expect((await service.storageEstimate()).damaged).toBe(0)
  })

  it('F90 an adapter that is answering is not deleted', async () => {
    const { service, settings } = await readyTab()
    const { adapterId } = await service.train(settings, 'x', quiet)
    let refusal: Promise<unknown> | undefined
    const endless = { ...question, adapterId, options: { ...question.options, maxTokens: 30, temperature: 3 } }
    await service.generate(endless, () => void (refusal ??= service.deleteAdapter(adapterId).catch((error: unknown) => error)))
    expect(await refusal).toMatchObject({ code: 'adapter-in-use' })
    await service.deleteAdapter(adapterId)
    expect(await service.listAdapters()).toEqual([])
  })
})

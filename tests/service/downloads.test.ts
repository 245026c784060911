/** Downloaded models as the service has them: opened without a network, held while they are open, deleted. */
import { expect, it } from 'vitest'
import { makeClient, REPO, startHub, tinyModel } from '../hub/hub-support.ts'
import { modelFiles, openTab, testLocks } from './support.ts'

const quiet = () => undefined

it('F99 a downloaded model opens without a network, the same as its folder does, under its full name', async () => {
  const hub = await startHub(tinyModel())
  const { cache, download } = await makeClient(hub)
  const id = await download()
  await hub.close()
  const { service } = openTab({ cache })
  await service.start('webgpu')
  expect(await service.downloadedModels()).toMatchObject([{ id, complete: true, model: { repo: REPO } }])
  const downloaded = await service.openDownloaded(id, quiet)
  const dropped = await service.openModel(modelFiles(), quiet)
  expect(downloaded.identity).toEqual({ name: REPO, hash: dropped.identity.hash })
})

it('F90 a model that a tab has open is not deleted, by it or by another; once another is open it is', async () => {
  const { cache, download } = await makeClient(await startHub(tinyModel()))
  const id = await download()
  const locks = testLocks()
  const [one, two] = [openTab({ cache, locks }), openTab({ cache, locks })]
  await one.service.start('webgpu')
  await one.service.openDownloaded(id, quiet)
  for (const { service } of [one, two]) await expect(service.deleteDownloaded(id)).rejects.toMatchObject({ code: 'model-in-use' })
  await one.service.openModel(modelFiles(), quiet)
  await two.service.deleteDownloaded(id)
  expect(await one.service.downloadedModels()).toEqual([])
  await expect(one.service.openDownloaded(id, quiet)).rejects.toMatchObject({ code: 'model-not-cached' })
})

it('F100 a model that is there in part is refused by name, and the model that is open stays', async () => {
  const hub = await startHub(tinyModel())
  const { cache, download } = await makeClient(hub)
  hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'status', status: 404 } : undefined)
  await expect(download()).rejects.toMatchObject({ code: 'hub-file-missing' })
  const { service } = openTab({ cache, locks: testLocks() })
  await service.start('webgpu')
  await service.openModel(modelFiles(), quiet)
  const [part] = await service.downloadedModels()
  expect(part).toMatchObject({ complete: false })
  await expect(service.openDownloaded(part!.id, quiet)).rejects.toMatchObject({ code: 'model-incomplete' })
  // The open one still answers.
  await service.generate({ prompt: 'a', raw: true, adapterId: undefined, options: { maxTokens: 1, temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1, stopStrings: [], adapterStrength: 1 } }, quiet)
  await service.deleteDownloaded(part!.id)
  expect(await service.downloadedModels()).toEqual([])
})

/** Finding models on a hub, and what is known of them then. */
import { expect, it } from 'vitest'
import { decodeManifest, encodeManifest } from '../../src/hub/cache/manifest.ts'
import { describeModel } from '../../src/hub/remote/hub-client.ts'
import { searchModels } from '../../src/hub/remote/search.ts'
import { makeClient, REPO, startHub, tinyModel } from './hub-support.ts'

it('finds models by words, with family, size, licence and whether they are gated', async () => {
  const hub = await startHub(
    tinyModel(),
    { repo: 'tests/mamba', commits: [], family: 'mamba', gated: true },
    { repo: 'others/thing', commits: [] },
  )
  const { connection } = await makeClient(hub)
  expect(await searchModels(connection, 'tests')).toEqual([
    { repo: REPO, family: 'llama', parameters: 93_000, gated: false, licence: 'mit', downloads: 100 },
    { repo: 'tests/mamba', family: 'mamba', parameters: undefined, gated: true, licence: undefined, downloads: 100 },
  ])
  expect(await searchModels(connection, 'nothing of this name')).toEqual([])
  const asked = new URL(hub.requests[0]!.url, hub.url).searchParams
  expect(asked.getAll('filter')).toEqual(['transformers', 'safetensors'])
  hub.fault = () => ({ kind: 'html' })
  await expect(searchModels(connection, 'x')).rejects.toMatchObject({ code: 'hub-not-a-file' })
})

it('reads back what it notes of a model, and nothing that was changed to reach elsewhere', async () => {
  const { connection } = await makeClient(await startHub(tinyModel()))
  const { model } = await describeModel(connection, REPO)
  expect(decodeManifest(new TextDecoder().decode(encodeManifest(model)))).toEqual(model)
  const changed = (change: object) => decodeManifest(JSON.stringify({ version: 1, ...model, ...change }))
  expect(changed({})).toEqual(model)
  const [file] = model.files
  for (const change of [
    { version: 2 },
    { repo: '../../x' },
    { repo: 'a/b/c' },
    { commit: 'main' },
    { files: [{ ...file, hash: { algorithm: 'sha256', hex: '../x' } }] },
    { files: [{ ...file, size: -1 }] },
    { files: [{ ...file, hash: { algorithm: '__proto__', hex: 'a' } }] },
    { files: 3 },
    { hub: 1 },
  ]) {
    expect(changed(change), JSON.stringify(change)).toBeUndefined()
  }
  expect(decodeManifest('{')).toBeUndefined()
})

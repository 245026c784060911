/** Downloads that are refused, or would be wrong: each said in words, and nothing of them kept. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import { describeModel } from '../../src/hub/remote/hub-client.ts'
import { largeFile, sha256Of, smallFile } from '../support/hub-files.ts'
import { STRANGER, type Fault } from '../support/hub-server.ts'
import {
  code,
  COMMIT,
  kept,
  makeClient,
  NEXT,
  REPO,
  startHub,
  tinyFiles,
  tinyModel,
  weights,
  WEIGHTS,
  WHOLE,
} from './hub-support.ts'

describe('a download that is refused', () => {
  const always =
    (fault: Fault) =>
    ({ origin }: { origin: string }) =>
      origin === 'files' ? fault : undefined
  const cases: [string, Fault, string][] = [
    ['401', { kind: 'status', status: 401 }, 'hub-model-missing'],
    ['403', { kind: 'status', status: 403 }, 'hub-forbidden'],
    ['404', { kind: 'status', status: 404 }, 'hub-file-missing'],
    ['429', { kind: 'status', status: 429 }, 'download-broken-off'],
    ['500', { kind: 'status', status: 500 }, 'download-broken-off'],
    ['a web page with status 200', { kind: 'html' }, 'hub-not-a-file'],
    [
      'a file that is too long',
      { kind: 'other-bytes', file: largeFile(new Uint8Array(weights.length + 1)) },
      'download-wrong-size',
    ],
    ['a file that is too short', { kind: 'other-bytes', file: largeFile(weights.subarray(0, 1000)) }, 'download-broken-off'],
    ['a file of another hash', { kind: 'other-bytes', file: largeFile(weights.map((byte) => byte ^ 1)) }, 'download-wrong-hash'],
  ]
  it.each(cases)('F28 %s is never taken for the file', async (_, fault, expected) => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    hub.fault = always(fault)
    expect(await code(client.download())).toBe(expected)
    expect((await kept(client)).verified).toBe(false)
    expect((await client.cache.list())[0]?.complete).toBe(false)
    // Once the server is well again the model comes whole: nothing wrong was kept.
    hub.fault = () => undefined
    await client.download()
    expect(await kept(client)).toEqual(WHOLE)
  })

  it('F28 a gated model is explained by what the person has: no token, one that is not let in, one that is unknown', async () => {
    const hub = await startHub(tinyModel({ gated: true }))
    const anonymous = await makeClient(hub)
    const { model, gated, config } = await describeModel(anonymous.connection, REPO)
    expect({ gated, config, files: model.files.length }).toEqual({ gated: true, config: undefined, files: 5 })
    await expect(anonymous.download()).rejects.toMatchObject({
      code: 'hub-gated',
      fix: expect.stringContaining('/settings/tokens') as string,
    })
    await expect((await makeClient(hub, STRANGER)).download()).rejects.toMatchObject({
      code: 'hub-gated',
      what: expect.stringContaining('has not been let in') as string,
    })
    expect(await code((await makeClient(hub, 'hf_wrong')).download())).toBe('hub-token-refused')
    expect(await readdir(join(anonymous.folder, 'blobs')).catch(() => [])).not.toContain(sha256Of(largeFile(weights)))
  })

  it('F28 a model, a revision or a server that is not there is named', async () => {
    const hub = await startHub(tinyModel())
    const { connection } = await makeClient(hub)
    expect(await code(describeModel(connection, 'tests/nothing'))).toBe('hub-model-missing')
    expect(await code(describeModel(connection, REPO, 'v9'))).toBe('hub-revision-missing')
    expect(await code(describeModel(connection, '../../etc'))).toBe('hub-name')
    expect(await code(describeModel({ ...connection, hub: 'ftp://x' }, REPO))).toBe('hub-address')
    expect(await code(describeModel({ ...connection, hub: `${hub.url}/nowhere` }, REPO))).toBe('hub-model-missing')
    hub.fault = () => ({ kind: 'html' })
    expect(await code(describeModel(connection, REPO))).toBe('hub-not-a-file')
    await hub.close()
    expect(await code(describeModel(connection, REPO))).toBe('hub-unreachable')
  })

  it('F30 the revision is pinned: every file comes from the commit that was shown, whatever "main" is by then', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    const { model } = await describeModel(client.connection, REPO)
    const [before] = hub.models[0]!.commits
    hub.models = [tinyModel({ commits: [before!, { commit: NEXT, files: tinyFiles({ [WEIGHTS]: largeFile('changed') }) }] })]
    expect((await describeModel(client.connection, REPO)).model.commit).toBe(NEXT)
    hub.requests.length = 0
    await client.download({ model })
    expect(hub.requests.filter(({ url }) => !url.includes(COMMIT))).toEqual([])
    expect(await kept(client)).toEqual(WHOLE)
  })

  it('F27 a shard that the index names and the hub has not is told before any weights come', async () => {
    const index = { weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' } }
    const files = tinyFiles({
      [WEIGHTS]: undefined,
      'model.safetensors.index.json': smallFile(JSON.stringify(index)),
      'model-00001-of-00002.safetensors': largeFile(weights),
      'consolidated.safetensors': largeFile(weights),
    })
    const hub = await startHub(tinyModel({ commits: [{ commit: COMMIT, files }] }))
    const client = await makeClient(hub)
    await expect(client.download()).rejects.toMatchObject({
      code: 'model-shard-missing',
      what: expect.stringContaining('model-00002-of-00002') as string,
    })
    expect(hub.requests.filter(({ origin }) => origin === 'files')).toEqual([])
  })

  it('what cannot work is said before any weights come: its config, its format, the room there is', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    const checkConfig = () => {
      throw new HomespunError('config-unsupported', 'Not this one.')
    }
    expect(await code(client.download({ checkConfig }))).toBe('config-unsupported')
    expect(await code(client.download({ freeBytes: async () => 100_000 }))).toBe('storage-too-small')
    hub.models = [
      tinyModel({ commits: [{ commit: NEXT, files: tinyFiles({ [WEIGHTS]: undefined, 'pytorch_model.bin': largeFile('x') }) }] }),
    ]
    expect(await code(client.download())).toBe('model-weights-format')
    hub.models = [
      tinyModel({
        commits: [{ commit: NEXT, files: tinyFiles({ 'tokenizer.json': undefined, 'tokenizer.model': largeFile('x') }) }],
      }),
    ]
    expect(await code(client.download())).toBe('tokenizer-missing')
    expect(hub.requests.filter(({ origin }) => origin === 'files')).toEqual([])
  })
})

/** Downloading from a hub: whole, broken off, changed, refused; what is kept, and what is never kept. */
import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import { describeModel } from '../../src/hub/remote/hub-client.ts'
import type { FileStore } from '../../src/hub/cache/file-store.ts'
import { ModelCache } from '../../src/hub/cache/model-cache.ts'
import { nodeFileStore } from '../../src/hub/node-file-store.ts'
import { openModelFolder } from '../../src/hub/model-folder.ts'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import { generatedFile, largeFile, sha256Of, smallFile } from '../support/hub-files.ts'
import { TOKEN } from '../support/hub-server.ts'
import {
  blobOf,
  code,
  COMMIT,
  firstTimes,
  kept,
  makeClient,
  NEXT,
  REPO,
  startHub,
  tinyFiles,
  tinyLlama,
  tinyModel,
  weights,
  WEIGHTS,
  WHOLE,
} from './hub-support.ts'

describe('a sound download', () => {
  it('shows commit, licence, files and sizes before it asks for any but the config', async () => {
    const hub = await startHub(tinyModel({ languages: ['en'] }))
    const { connection } = await makeClient(hub)
    const { model, gated, languages, config } = await describeModel(connection, REPO)
    expect(model).toMatchObject({ repo: REPO, commit: COMMIT, revision: 'main', licence: 'mit' })
    expect(model.files.map(({ path }) => path)).toEqual([
      'config.json',
      'generation_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      WEIGHTS,
    ])
    expect(model.files.at(-1)).toMatchObject({
      size: weights.length,
      hash: { algorithm: 'sha256', hex: sha256Of(largeFile(weights)) },
    })
    expect({ gated, languages, family: config?.['model_type'] }).toEqual({ gated: false, languages: ['en'], family: 'llama' })
    expect(hub.requests.map(({ url }) => url)).toEqual([
      `/api/models/${REPO}/revision/main?blobs=true`,
      `/${REPO}/resolve/${COMMIT}/config.json`,
    ])
  })

  it('opens as the same model that a folder of its files is, under its full name', async () => {
    const client = await makeClient(await startHub(tinyModel()))
    const id = await client.download()
    const [cached] = await client.cache.list()
    expect(cached).toMatchObject({ id, complete: true, bytes: cached!.totalBytes, model: { repo: REPO, licence: 'mit' } })
    const opened = await openModelFolder(await client.cache.open(id), cached!.model.repo)
    expect(opened.name).toBe(REPO)
    expect(opened.hash).toBe((await openModelDirectory(tinyLlama)).hash)
    expect(client.progress.at(-1)).toMatchObject({ bytes: cached!.totalBytes, totalBytes: cached!.totalBytes })
    expect(client.progress.some(({ bytesPerSecond, secondsLeft }) => bytesPerSecond! > 0 && secondsLeft! >= 0)).toBe(true)
  })

  it('asks for no byte twice: another commit of the same weights comes from what is there', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    await client.download()
    expect(hub.fetched(WEIGHTS)).toHaveLength(1)
    hub.models = [
      tinyModel({ commits: [{ commit: NEXT, files: tinyFiles({ 'config.json': smallFile('{"model_type":"llama"}') }) }] }),
    ]
    const next = await client.download()
    expect(hub.fetched(WEIGHTS)).toHaveLength(1)
    expect(hub.fetched('config.json').map(({ url }) => url.includes(NEXT))).toContain(true)
    // What both have is kept until the last of them goes.
    await client.cache.remove(`tests--tiny-llama@${COMMIT}`)
    expect((await client.cache.find(next))?.complete).toBe(true)
    await client.cache.remove(next)
    expect(await readdir(join(client.folder, 'blobs'))).toEqual([])
    expect(await client.cache.list()).toEqual([])
  })

  it('sends the token to the hub, and to no one that it redirects to', async () => {
    const hub = await startHub(tinyModel({ gated: true }))
    await (await makeClient(hub, TOKEN)).download()
    const seen = (origin: string) =>
      new Set(hub.requests.filter((one) => one.origin === origin).map(({ headers }) => headers.authorization))
    expect(seen('hub')).toEqual(new Set([`Bearer ${TOKEN}`]))
    expect(seen('files')).toEqual(new Set([undefined]))
    await expect(code(describeModel({ hub: 'http://hub.school.example', token: TOKEN, fetch }, REPO))).resolves.toBe(
      'hub-insecure',
    )
  })

  it('takes sizes and hashes from the files’ own headers where a listing has none, and refuses where they cannot be trusted', async () => {
    const small = tinyFiles({ [WEIGHTS]: smallFile(weights) })
    const hub = await startHub(tinyModel({ bareListing: true, commits: [{ commit: COMMIT, files: small }] }))
    const client = await makeClient(hub)
    expect((await client.cache.find(await client.download()))?.complete).toBe(true)
    // Behind a redirect the ETag is another server's.
    hub.models = [tinyModel({ bareListing: true })]
    expect(await code(client.download())).toBe('hub-no-hash')
  })
})

describe('a download that breaks off', () => {
  it('F29 goes on where the connection dropped at 90 %, with If-Range, and ends byte for byte the same', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    hub.fault = firstTimes(1, { kind: 'cut', fraction: 0.9 })
    await client.download()
    const [first, second] = hub.fetched(WEIGHTS)
    const from = Number(/^bytes=(\d+)-$/.exec(second?.headers.range ?? '')?.[1])
    // Some of what was sent may have been lost on the way when the connection broke.
    expect(first!.sent).toBe(Math.floor(weights.length * 0.9))
    expect(from).toBeGreaterThan(0)
    expect(from).toBeLessThanOrEqual(first!.sent)
    expect(second?.headers['if-range']).toMatch(/^"x/)
    expect(second!.sent).toBe(weights.length - from)
    expect(await kept(client)).toEqual(WHOLE)
    expect(client.timing.waited).toEqual([1])
  })

  it('F29 gives up after five attempts that bring nothing, keeps what came, and goes on another time', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    let requests = 0
    hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'cut', fraction: requests++ === 0 ? 0.5 : 0 } : undefined)
    expect(await code(client.download())).toBe('download-broken-off')
    expect(client.timing.waited).toEqual([1, 2, 4, 8])
    const part = await kept(client)
    expect(part).toMatchObject({ right: true, verified: false })
    expect(part.bytes).toBeGreaterThan(0)
    expect(part.bytes).toBeLessThanOrEqual(weights.length / 2)
    const [cached] = await client.cache.list()
    expect(cached).toMatchObject({ complete: false })
    expect(cached!.bytes).toBeLessThan(cached!.totalBytes)

    hub.fault = () => undefined
    hub.requests.length = 0
    await client.download()
    expect(hub.fetched(WEIGHTS).map(({ headers }) => headers.range)).toEqual([`bytes=${part.bytes}-`])
    expect(await kept(client)).toEqual(WHOLE)
    expect(client.progress.some(({ phase }) => phase === 'checking')).toBe(true)
  })

  it('F100 says which files of a model that is there in part are missing', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'status', status: 503 } : undefined)
    expect(await code(client.download())).toBe('download-broken-off')
    const [{ id } = { id: '' }] = await client.cache.list()
    await expect(client.cache.open(id)).rejects.toMatchObject({
      code: 'model-incomplete',
      what: expect.stringContaining(`1 of 5 files are not here yet: ${WEIGHTS}`) as string,
    })
    await expect(client.cache.open('tests--other@1')).rejects.toMatchObject({ code: 'model-not-cached' })
  })

  it('begins anew where the server has no ranges, or another file by now', async () => {
    for (const fault of [{ kind: 'no-ranges' } as const, undefined]) {
      const hub = await startHub(tinyModel())
      const client = await makeClient(hub)
      const stop = new AbortController()
      hub.fault = firstTimes(1, { kind: 'stalls', release: new Promise(() => {}) })
      const onProgress = () => stop.abort(new HomespunError('download-paused', 'Paused.'))
      expect(await code(client.download({ signal: stop.signal, onProgress }))).toBe('download-paused')
      const path = blobOf(client.folder)
      await writeFile(path, new Uint8Array(1000).fill(7))
      await writeFile(`${path}.json`, JSON.stringify({ verified: false, etag: fault ? undefined : '"of-another-file"' }))
      hub.fault = firstTimes(fault ? 1 : 0, { kind: 'no-ranges' })
      hub.requests.length = 0
      await client.download()
      expect(hub.fetched(WEIGHTS)).toHaveLength(1)
      expect(await kept(client)).toEqual(WHOLE)
    }
  })

  it('fetches once more in one piece what was put together of two files, whatever the server says', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    const other = largeFile(weights.map((byte) => byte ^ 1))
    let requests = 0
    hub.fault = ({ origin }) => {
      if (origin !== 'files') return undefined
      return [{ kind: 'cut', fraction: 0.5 } as const, { kind: 'other-bytes', file: other, sameTag: true } as const][requests++]
    }
    await client.download()
    expect(hub.fetched(WEIGHTS)).toHaveLength(3)
    expect(await kept(client)).toEqual(WHOLE)
  })

  it('gives up a connection that brings nothing, and makes another', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    hub.fault = firstTimes(1, { kind: 'stalls', release: new Promise(() => {}) })
    // The watch looks until it finds the same number of bytes twice; what had come by then is kept.
    const look = () => {
      if (client.timing.waited.length > 0) return
      client.timing.stall()
      setImmediate(look)
    }
    const onProgress = () => hub.fetched(WEIGHTS)[0]?.sent && look()
    await client.download({ onProgress })
    expect(hub.fetched(WEIGHTS).map(({ headers }) => headers.range !== undefined)).toEqual([false, true])
    expect(await kept(client)).toEqual(WHOLE)
  })

  it('pauses at once, keeps what came, and a file that was damaged meanwhile is fetched again', async () => {
    const hub = await startHub(tinyModel())
    const client = await makeClient(hub)
    const stop = new AbortController()
    hub.fault = firstTimes(1, { kind: 'stalls', release: new Promise(() => {}) })
    const onProgress = ({ bytes }: { bytes: number }) =>
      bytes > 40_000 && stop.abort(new HomespunError('download-paused', 'Paused.'))
    expect(await code(client.download({ signal: stop.signal, onProgress }))).toBe('download-paused')
    const part = await kept(client)
    expect(part).toMatchObject({ right: true, verified: false })
    expect(part.bytes).toBeGreaterThan(0)

    const path = blobOf(client.folder)
    await writeFile(
      path,
      weights.subarray(0, part.bytes).map((byte) => byte ^ 1),
    )
    await client.download()
    expect(await kept(client)).toEqual(WHOLE)
    // A file that lost its end on the disk is no longer taken for whole.
    await truncate(path, 1000)
    expect((await client.cache.list())[0]?.complete).toBe(false)
    await client.download()
    expect(await kept(client)).toEqual(WHOLE)
  })
})

describe('a large file', () => {
  it('goes to the store in small pieces as it comes, and resumes byte for byte', async () => {
    const large = generatedFile(new Uint8Array([1, 2, 3]), 24_000_001)
    const hub = await startHub(tinyModel({ commits: [{ commit: COMMIT, files: tinyFiles({ [WEIGHTS]: large }) }] }))
    const client = await makeClient(hub)
    let most = 0
    const store = nodeFileStore(client.folder)
    const write: FileStore['write'] = async (path) => {
      const writer = await store.write(path)
      const append = (bytes: Uint8Array) => {
        most = Math.max(most, bytes.length)
        return writer.append(bytes)
      }
      return { ...writer, append }
    }
    hub.fault = firstTimes(1, { kind: 'cut', fraction: 0.9 })
    const id = await client.download({ cache: new ModelCache({ ...store, write }) })
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(1 << 20)
    const [, second] = hub.fetched(WEIGHTS)
    expect(Number(/\d+/.exec(second!.headers.range!))).toBeGreaterThan(large.size / 2)
    const weightsFile = (await client.cache.open(id)).find(({ path }) => path === WEIGHTS)!.source
    const differ = await Promise.all(
      [0, 12_345_678, large.size - 100_000].map(async (at) =>
        Buffer.compare(await weightsFile.read(at, at + 100_000), large.read(at, at + 100_000)),
      ),
    )
    expect(differ).toEqual([0, 0, 0])
  })
})

describe('several files at once', () => {
  it('fetches as many as it may, and no more', async () => {
    const shards = Object.fromEntries(
      [1, 2, 3, 4].map((n) => [`model-0000${n}-of-00004.safetensors`, largeFile(weights.map((byte) => byte ^ n))]),
    )
    const index = { weight_map: Object.fromEntries(Object.keys(shards).map((name) => [name, name])) }
    const files = tinyFiles({ [WEIGHTS]: undefined, 'model.safetensors.index.json': smallFile(JSON.stringify(index)), ...shards })
    for (const atOnce of [1, 3]) {
      const hub = await startHub(tinyModel({ commits: [{ commit: COMMIT, files }] }))
      let [running, most] = [0, 0]
      const client = await makeClient(hub)
      const counting: typeof fetch = async (address, init) => {
        const response = await fetch(address, init)
        if (!/model-0000/.test(response.url)) return response
        most = Math.max(most, ++running)
        const body = response.body!.pipeThrough(new TransformStream({ flush: () => void running-- }))
        return new Response(body, response)
      }
      const { model } = await describeModel(client.connection, REPO)
      await client.download({ model, atOnce, connection: { ...client.connection, fetch: counting } })
      expect(most).toBeLessThanOrEqual(atOnce)
      if (atOnce > 1) expect(most).toBeGreaterThan(1)
    }
  })
})

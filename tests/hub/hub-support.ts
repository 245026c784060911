/** A hub with a small model, a cache in a folder of its own, and a clock that waits for nothing. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import { ModelCache } from '../../src/hub/cache/model-cache.ts'
import { downloadModel, type ModelDownload } from '../../src/hub/download/download-model.ts'
import type { Timing } from '../../src/hub/download/timing.ts'
import { nodeFileStore } from '../../src/hub/node-file-store.ts'
import { describeModel, type HubConnection } from '../../src/hub/remote/hub-client.ts'
import type { DownloadProgress } from '../../src/hub/types.ts'
import { largeFile, sha256Of } from '../support/hub-files.ts'
import { HubServer, type Fault, type ServedModel } from '../support/hub-server.ts'
import { REPO, tinyLlama } from '../support/tiny-hub-model.ts'

export { COMMIT, NEXT, REPO, tinyFiles, tinyLlama, tinyModel } from '../support/tiny-hub-model.ts'

/** The hub is closed when the test is over. */
export async function startHub(...models: ServedModel[]): Promise<HubServer> {
  const hub = await HubServer.start(models)
  onTestFinished(() => hub.close())
  return hub
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'homespun-hub-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

interface TestTiming extends Timing {
  /** Seconds that were waited between attempts. */
  waited: number[]
  /** Lets the watch over a connection find that nothing has come for its time. */
  stall(): void
}

function testTiming(): TestTiming {
  let seconds = 0
  let stalled = () => {}
  const waited: number[] = []
  return {
    waited,
    now: () => (seconds += 0.5),
    async wait(length, signal) {
      signal.throwIfAborted()
      if (length < 30) return void waited.push(length)
      await new Promise<void>((resolve, reject) => {
        stalled = resolve
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
    },
    stall: () => stalled(),
  }
}

export interface Client {
  connection: HubConnection
  cache: ModelCache
  folder: string
  timing: TestTiming
  progress: DownloadProgress[]
  /** Looks the model up and downloads it; its id in the cache. */
  download: (changes?: Partial<ModelDownload>) => Promise<string>
}

export async function makeClient(hub: HubServer, token?: string): Promise<Client> {
  const folder = await temporaryFolder()
  const cache = new ModelCache(nodeFileStore(folder))
  const connection: HubConnection = { hub: hub.url, fetch, ...(token ? { token } : {}) }
  const [timing, progress]: [TestTiming, DownloadProgress[]] = [testTiming(), []]
  const download = async (changes: Partial<ModelDownload> = {}) => {
    const model = changes.model ?? (await describeModel(connection, REPO)).model
    return downloadModel({
      connection,
      cache,
      timing,
      model,
      signal: new AbortController().signal,
      atOnce: 2,
      freeBytes: async () => undefined,
      checkConfig: () => {},
      onProgress: (told) => progress.push(told),
      ...changes,
    })
  }
  return { connection, cache, folder, timing, progress, download }
}

export const WEIGHTS = 'model.safetensors'
export const weights = new Uint8Array(readFileSync(join(tinyLlama, WEIGHTS)))

/** The code that work fails with. */
export async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof HomespunError ? error.code : String(error)),
  )
}

/** What is kept of the weights: how much, whether it is their beginning, and whether it counts as checked. */
export async function kept({ folder }: Client): Promise<{ bytes: number; right: boolean; verified: boolean }> {
  const bytes = await readFile(blobOf(folder)).catch(() => Buffer.alloc(0))
  const note = await readFile(`${blobOf(folder)}.json`, 'utf8').catch(() => '{}')
  const right = Buffer.compare(bytes, weights.subarray(0, bytes.length)) === 0
  return { bytes: bytes.length, right, verified: (JSON.parse(note) as { verified?: boolean }).verified === true }
}

export const blobOf = (folder: string) => join(folder, 'blobs', sha256Of(largeFile(weights)))
export const WHOLE = { bytes: weights.length, right: true, verified: true }

/** A fault for the first so many requests of the weights' bytes. */
export function firstTimes(count: number, fault: Fault) {
  return ({ origin }: { origin: string }) => (origin === 'files' && count-- > 0 ? fault : undefined)
}

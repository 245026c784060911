/** Downloads a model: its settings first, so that what cannot work is said before the weights come; several files at once. */
import { HomespunError } from '../../errors.ts'
import type { ModelCache } from '../cache/model-cache.ts'
import { modelId } from '../cache/manifest.ts'
import { readJsonObject } from '../json-file.ts'
import { checkShards, isWeightFile } from '../remote/needed-files.ts'
import type { HubConnection } from '../remote/hub-client.ts'
import type { DownloadProgress, HubFile, HubModel } from '../types.ts'
import { indexFile } from '../weight-files.ts'
import { downloadFile } from './download-file.ts'
import { ProgressMeter } from './progress-meter.ts'
import type { Timing } from './timing.ts'

export interface ModelDownload {
  connection: HubConnection
  cache: ModelCache
  timing: Timing
  model: HubModel
  signal: AbortSignal
  /** Files that are fetched at the same time. */
  atOnce: number
  /** Bytes that can still be stored; undefined where nobody knows. */
  freeBytes: () => Promise<number | undefined>
  /** Throws where a model of this config cannot be used. */
  checkConfig: (config: Record<string, unknown>) => void
  onProgress: (progress: DownloadProgress) => void
}

/**
 * Leaves the whole model in the cache and gives its id there. Whatever ends it, what has come is kept and gone on with next time.
 * Throws what `downloadFile` throws, 'storage-too-small', 'model-shard-missing' (F27) and what `checkConfig` throws.
 */
export async function downloadModel(download: ModelDownload): Promise<string> {
  const { model, cache, timing, onProgress } = download
  await checkRoom(download)
  await cache.begin(model)
  const meter = new ProgressMeter(
    model.files.reduce((sum, { size }) => sum + size, 0),
    timing,
    onProgress,
  )
  await fetchFiles(
    download,
    model.files.filter(({ path }) => !isWeightFile(path)),
    meter,
  )
  await checkSettings(download)
  await fetchFiles(
    download,
    model.files.filter(({ path }) => isWeightFile(path)),
    meter,
  )
  return modelId(model)
}

async function checkRoom({ model, cache, freeBytes }: ModelDownload): Promise<void> {
  const free = await freeBytes()
  const there = (await cache.find(modelId(model)))?.bytes ?? 0
  const needed = model.files.reduce((sum, { size }) => sum + size, 0) - there
  if (free === undefined || needed <= free) return
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
  const what = `${model.repo} needs ${megabytes(needed)} of storage, and ${megabytes(Math.max(0, free))} are left.`
  throw new HomespunError('storage-too-small', what, { fix: 'Delete a model that you do not need, or free space on the disk.' })
}

async function checkSettings({ model, cache, checkConfig }: ModelDownload): Promise<void> {
  const json = async (path: string) => {
    const file = model.files.find((one) => one.path === path)
    const content = file && (await cache.content(file))
    return content && readJsonObject(content)
  }
  const config = await json('config.json')
  if (config) checkConfig(config)
  const index = await json(indexFile)
  if (index)
    {checkShards(
      index['weight_map'],
      model.files.map(({ path }) => path),
    )}
}

/** Fetches files, `atOnce` at a time; the first failure ends all, and is thrown when they have ended. */
async function fetchFiles(download: ModelDownload, files: readonly HubFile[], meter: ProgressMeter): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([download.signal, stop.signal])
  const waiting = [...files]
  let failure: { error: unknown } | undefined
  const work = async () => {
    for (let file = waiting.shift(); file && !failure; file = waiting.shift()) {
      try {
        await downloadFile({ ...download, file, signal, onBytes: (phase, bytes) => meter.add(phase, bytes) })
      } catch (error) {
        failure ??= { error }
        stop.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: download.atOnce }, work))
  download.signal.throwIfAborted()
  if (failure) throw failure.error
}

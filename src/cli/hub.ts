/** Models by their name on a hub: downloaded once into a folder of this machine, and from then on opened from there. */
import { mkdir, stat, statfs } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { HomespunError } from '../errors.ts'
import { isRepoName } from '../hub/cache/manifest.ts'
import { ModelCache } from '../hub/cache/model-cache.ts'
import { downloadModel } from '../hub/download/download-model.ts'
import { realTiming } from '../hub/download/timing.ts'
import { openModelFolder } from '../hub/model-folder.ts'
import { nodeFileStore } from '../hub/node-file-store.ts'
import { openModelDirectory } from '../hub/node-model-directory.ts'
import { describeModel, HUGGING_FACE, type HubConnection } from '../hub/remote/hub-client.ts'
import type { CachedModel, DownloadProgress, HubModel, ModelFolder } from '../hub/types.ts'
import { modelFromConfig } from '../models/index.ts'
import { BUILT_IN, type ModelChoice } from './arguments.ts'
import { bytesText, durationText, type Output } from './output.ts'

/** As many as browsers fetch at once from one server, about. */
const AT_ONCE = 4
/** Failures after which a copy of an earlier day is as good as can be had. */
const NO_NETWORK = /^hub-(offline|unreachable|failed|busy)$/

const THIMBLE = join(import.meta.dirname, '../../public/thimble')

/** Opens the built-in model, the folder of this name where there is one, or else the model of this name on the hub. Throws what src/hub throws. */
export async function openChosen(choice: ModelChoice, output: Output): Promise<ModelFolder> {
  if (choice.name === BUILT_IN) return openModelDirectory(THIMBLE)
  const isFolder = await stat(choice.name).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder || !isRepoName(choice.name) || !choice.name.includes('/')) return openModelDirectory(choice.name)
  const folder = cacheFolder()
  const cache = new ModelCache(nodeFileStore(folder))
  const { id, model } = await provide(choice, cache, folder, output)
  return openModelFolder(await cache.open(id), model.repo)
}

function cacheFolder(): string {
  const { HOMESPUN_CACHE, XDG_CACHE_HOME } = process.env
  return HOMESPUN_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'homespun')
}

/** The model as the hub has it now, downloaded where it is missing; without a network, as it was downloaded last. F99 */
async function provide(
  { name, hub, revision }: ModelChoice,
  cache: ModelCache,
  folder: string,
  output: Output,
): Promise<CachedModel> {
  const token = process.env['HF_TOKEN']?.trim()
  const connection: HubConnection = { hub: hub ?? process.env['HF_ENDPOINT'] ?? HUGGING_FACE, fetch, ...(token ? { token } : {}) }
  let model: HubModel
  try {
    model = (await describeModel(connection, name, revision)).model
  } catch (error) {
    const copies = (await cache.list()).filter(
      ({ model: { repo, commit, revision: asked } }) => repo === name && [commit, asked].includes(revision ?? 'main'),
    )
    const copy = copies.find(({ complete }) => complete) ?? copies[0]
    if (!copy || !(error instanceof HomespunError) || !NO_NETWORK.test(error.code)) throw error
    output.note(`${error.what} ${name} is opened as it was downloaded, at commit ${copy.model.commit.slice(0, 12)}.`)
    return copy
  }
  return download(connection, model, cache, folder, output)
}

async function download(
  connection: HubConnection,
  model: HubModel,
  cache: ModelCache,
  folder: string,
  output: Output,
): Promise<CachedModel> {
  const totalBytes = model.files.reduce((sum, { size }) => sum + size, 0)
  const licence = model.licence ?? 'not named'
  output.note(
    `${model.repo} at commit ${model.commit.slice(0, 12)}: ${model.files.length} files, ${bytesText(totalBytes)}, licence ${licence}.`,
  )
  output.result({ kind: 'model', ...model, totalBytes })
  const id = await downloadModel({
    connection,
    model,
    cache,
    timing: realTiming,
    signal: new AbortController().signal,
    atOnce: AT_ONCE,
    freeBytes: async () => {
      await mkdir(folder, { recursive: true })
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
    checkConfig: (config) => void modelFromConfig(config),
    onProgress: (progress) => output.status(progressText(progress)),
  })
  return (await cache.find(id))!
}

function progressText({ phase, bytes, totalBytes, bytesPerSecond, secondsLeft }: DownloadProgress): string {
  const done = `${phase === 'checking' ? 'checking what is there' : 'downloading'}: ${bytesText(bytes)} of ${bytesText(totalBytes)}`
  if (!bytesPerSecond || secondsLeft === undefined) return done
  return `${done}, ${bytesText(bytesPerSecond)} a second, ${durationText(secondsLeft)} left`
}

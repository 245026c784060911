/**
 * Runs under way and their checkpoints. A checkpoint is written whole, in one transaction, beside the last one; only the
 * one before the last goes. So there is always a good one, and a damaged one has a predecessor.
 */
import { Fields } from '../adapters/fields.ts'
import { encodeJson } from '../adapters/json.ts'
import type { FolderFile } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import { CHECKPOINT_JSON, CHECKPOINT_TENSORS, decodeCheckpoint, encodeCheckpoint, readRun } from './checkpoint-codec.ts'
import type { DatasetStore } from './dataset-store.ts'
import { listEach } from './listing.ts'
import type { RecordKey, Records } from './records.ts'
import type { Checkpoint, Listing, RunDescription, StoredRun } from './types.ts'

const FILES = [CHECKPOINT_TENSORS, CHECKPOINT_JSON]

/** Every method may throw what Database.use and Records.read throw ('storage-…'). */
export class CheckpointStore<Settings> {
  readonly #records: Records
  readonly #datasets: DatasetStore
  readonly #readSettings: (value: unknown) => Settings

  constructor(records: Records, datasets: DatasetStore, readSettings: (value: unknown) => Settings) {
    this.#records = records
    this.#datasets = datasets
    this.#readSettings = readSettings
  }

  /** Writes a checkpoint of the run. Throws 'storage-full' among others; then the earlier ones are as they were. */
  async save(run: RunDescription<Settings>, checkpoint: Checkpoint): Promise<void> {
    const keys = await this.#records.keys('checkpoint', run.run)
    const sequences = sequencesOf(keys)
    const latest = sequences.at(-1)
    const next = String(Number(latest ?? 0) + 1).padStart(12, '0')
    const files = await encodeCheckpoint(run, checkpoint)
    const { step, trainingLosses, validationLosses } = checkpoint
    const summary = encodeJson({ ...run, step, savedAt: new Date().toISOString(), trainingLosses, validationLosses })
    await this.#records.change(
      [...files.map(({ path, bytes }) => [fileKey(run.run, next, path), bytes] as const), [runKey(run.run), summary]],
      keys.filter(([, , sequence]) => sequence !== latest),
    )
  }

  /**
   * The latest checkpoint that is whole. `problem` says why a later one was passed over.
   * Throws that problem where none is left; undefined where the run never had one.
   */
  async latest(run: string): Promise<{ run: RunDescription<Settings>; checkpoint: Checkpoint; problem: HomespunError | undefined } | undefined> {
    let problem: HomespunError | undefined
    for (const sequence of sequencesOf(await this.#records.keys('checkpoint', run)).reverse()) {
      try {
        const decoded = await decodeCheckpoint(await this.#files(run, sequence))
        const settings = this.#readSettings(decoded.run.settings)
        return { run: { ...decoded.run, settings }, checkpoint: decoded.checkpoint, problem }
      } catch (error) {
        if (!isDamage(error)) throw error
        problem ??= error
        await this.#records.change([], FILES.map((path) => fileKey(run, sequence, path)))
      }
    }
    if (problem) throw problem
    return undefined
  }

  /** Runs that were begun and neither finished nor discarded, the latest first. No weights are loaded. */
  async list(): Promise<Listing<StoredRun<Settings>>> {
    const listing = await listEach(await this.#records.keys('run'), ([, run]) => this.#summary(run ?? ''))
    listing.entries.sort((x, y) => (x.savedAt < y.savedAt ? 1 : -1))
    return listing
  }

  /** Removes a run with its checkpoints, and its dataset where nothing else needs it. */
  async discard(run: string): Promise<void> {
    const checkpoints = await this.#records.keys('checkpoint', run)
    await this.#records.change([], [runKey(run), ...checkpoints, ...(await this.#datasets.unneededAfter(run))])
  }

  async #summary(run: string): Promise<StoredRun<Settings> | undefined> {
    const json = await this.#records.readJson(runKey(run))
    if (!json) return undefined
    const fields = new Fields(json, (field) => new HomespunError('storage-newer', 'This run was kept by another version of this page.', {
      where: `${run}, ${field}`, fix: 'Reload the page. It was left untouched.',
    }))
    const description = readRun(fields)
    return {
      ...description,
      settings: this.#readSettings(description.settings),
      step: fields.count('step'),
      savedAt: fields.text('savedAt'),
      trainingLosses: fields.losses('trainingLosses'),
      validationLosses: fields.losses('validationLosses'),
    }
  }

  async #files(run: string, sequence: string): Promise<FolderFile[]> {
    const files: FolderFile[] = []
    for (const path of FILES) {
      const bytes = await this.#records.read(fileKey(run, sequence, path))
      if (bytes) files.push({ path, bytes })
    }
    return files
  }
}

function runKey(run: string): RecordKey {
  return ['run', run]
}

function fileKey(run: string, sequence: string, path: string): RecordKey {
  return ['checkpoint', run, sequence, path]
}

/** The sequence numbers of a run's checkpoints, oldest first; padded, so that text order is number order. */
function sequencesOf(keys: readonly RecordKey[]): string[] {
  return [...new Set(keys.map(([, , sequence]) => sequence ?? ''))].sort()
}

function isDamage(error: unknown): error is HomespunError {
  return error instanceof HomespunError && /^(storage-damaged|checkpoint-|safetensors-)/.test(error.code)
}

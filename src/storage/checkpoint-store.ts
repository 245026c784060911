/**
 * Runs under way and their checkpoints. A checkpoint is written whole, in one transaction, beside the last one; what the
 * history leaves out goes with it. So there is always a good one, and a damaged one has predecessors.
 */
import { Fields } from '../adapters/fields.ts'
import { decodeJsonObject, encodeJson } from '../adapters/json.ts'
import type { FolderFile } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import { thinned, type KeptCheckpoint } from './checkpoint-history.ts'
import { CHECKPOINT_JSON, CHECKPOINT_TENSORS, decodeCheckpoint, encodeCheckpoint, readRun } from './checkpoint-codec.ts'
import type { DatasetStore } from './dataset-store.ts'
import { damaged } from './errors.ts'
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

  /**
   * Writes a checkpoint of the run, which went on from the one at step `after` (the last one, unless a person went back): later
   * ones go once this one is whole. Where there is no room, the oldest go first, and the one it goes on from stays.
   * Throws 'storage-full' among others; then that one and all later ones are as they were.
   */
  async save(run: RunDescription<Settings>, checkpoint: Checkpoint, after = checkpoint.step): Promise<void> {
    const kept = await this.checkpoints(run.run)
    const earlier = kept.filter(({ step }) => step <= after && step < checkpoint.step)
    const sequence = String(Number(kept.at(-1)?.sequence ?? 0) + 1).padStart(12, '0')
    const files = await encodeCheckpoint(run, checkpoint)
    const entry = { sequence, step: checkpoint.step, bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0) }
    for (;;) {
      try {
        return await this.#write(run, checkpoint, files, thinned([...earlier, entry]))
      } catch (error) {
        if (earlier.length < 2 || !(error instanceof HomespunError) || error.code !== 'storage-full') throw error
        const oldest = earlier.shift()?.sequence ?? ''
        await this.#records.change([], FILES.map((path) => fileKey(run.run, oldest, path)))
      }
    }
  }

  /** The last of `stay` is what is written; every other checkpoint of the run goes. */
  async #write(run: RunDescription<Settings>, checkpoint: Checkpoint, files: readonly FolderFile[], stay: readonly KeptCheckpoint[]): Promise<void> {
    const { step, trainingLosses, validationLosses } = checkpoint
    const sequences = stay.map(({ sequence }) => sequence)
    const summary = encodeJson({ ...run, step, savedAt: new Date().toISOString(), trainingLosses, validationLosses, checkpoints: stay })
    const gone = (await this.#records.keys('checkpoint', run.run)).filter(([, , sequence]) => !sequences.includes(sequence ?? ''))
    const next = sequences.at(-1) ?? ''
    await this.#records.change([...files.map(({ path, bytes }) => [fileKey(run.run, next, path), bytes] as const), [runKey(run.run), summary]], gone)
  }

  /** A run's checkpoints, the oldest first. No weights are loaded. */
  async checkpoints(run: string): Promise<KeptCheckpoint[]> {
    const listed = await this.#listed(run)
    const kept: KeptCheckpoint[] = []
    for (const sequence of sequencesOf(await this.#records.keys('checkpoint', run))) {
      const entry = listed.find((one) => one.sequence === sequence) ?? (await this.#unlisted(run, sequence))
      if (entry) kept.push(entry)
    }
    return kept
  }

  /** The checkpoint of a step. Throws 'checkpoint-missing', 'storage-damaged', and what `decodeCheckpoint` throws. */
  async at(run: string, step: number): Promise<{ run: RunDescription<Settings>; checkpoint: Checkpoint }> {
    const entry = (await this.checkpoints(run)).findLast((one) => one.step === step)
    if (!entry) {
      throw new HomespunError('checkpoint-missing', 'This checkpoint is not kept any more.', { where: `step ${step}`, fix: 'Choose another one.' })
    }
    return this.#decoded(run, entry.sequence)
  }

  /**
   * The latest checkpoint that is whole. `problem` says why a later one was passed over.
   * Throws that problem where none is left; undefined where the run never had one.
   */
  async latest(run: string): Promise<{ run: RunDescription<Settings>; checkpoint: Checkpoint; problem: HomespunError | undefined } | undefined> {
    let problem: HomespunError | undefined
    for (const sequence of sequencesOf(await this.#records.keys('checkpoint', run)).reverse()) {
      try {
        return { ...(await this.#decoded(run, sequence)), problem }
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

  /** The losses of a run, as of its latest checkpoint. */
  async curves(run: string): Promise<Pick<Checkpoint, 'trainingLosses' | 'validationLosses'> | undefined> {
    return this.#summary(run)
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

  async #decoded(run: string, sequence: string): Promise<{ run: RunDescription<Settings>; checkpoint: Checkpoint }> {
    const decoded = await decodeCheckpoint(await this.#files(run, sequence))
    return { run: { ...decoded.run, settings: this.#readSettings(decoded.run.settings) }, checkpoint: decoded.checkpoint }
  }

  /** As the run's summary has them; one from before there was a history lists none, a damaged one neither. */
  async #listed(run: string): Promise<KeptCheckpoint[]> {
    try {
      const json = await this.#records.readJson(runKey(run))
      if (!json?.checkpoints) return []
      const fields = new Fields(json, (field) => damaged(`${run}, ${field}`))
      return fields.objects('checkpoints').map((one) => ({ sequence: one.text('sequence'), step: one.count('step'), bytes: one.count('bytes') }))
    } catch (error) {
      if (isDamage(error)) return []
      throw error
    }
  }

  /** Undefined where it is damaged, or the half of one. */
  async #unlisted(run: string, sequence: string): Promise<KeptCheckpoint | undefined> {
    try {
      const files = await this.#files(run, sequence)
      const json = files.find(({ path }) => path === CHECKPOINT_JSON)
      if (!json || files.length < FILES.length) return undefined
      const step = new Fields(decodeJsonObject(json.bytes, 'checkpoint-damaged', sequence), damaged).count('step')
      return { sequence, step, bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0) }
    } catch (error) {
      if (isDamage(error)) return undefined
      throw error
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

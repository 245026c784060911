/** Adapters as the service keeps them: stored where the browser allows it, else in memory until the tab closes (F85). */
import { withScore } from '../adapters/receipt-facts.ts'
import type { AdapterReceipt, LinearModule, LoraAdapter, Score } from '../adapters/types.ts'
import type { Template } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { checkedAnnotation } from '../storage/adapter-shelf.ts'
import type { Annotation, StoredAdapter } from '../storage/types.ts'
import { readSettings } from '../train/read-settings.ts'
import type { TrainingSettings } from '../train/types.ts'
import { pickedName, readPicked } from './adapter-files.ts'
import type { OpenModel } from './open-model.ts'
import type { HostPort, TuningStore } from './ports.ts'
import type { PickedFile } from './types.ts'

export type AdapterEntry = StoredAdapter<TrainingSettings | undefined>
export type Receipt = AdapterReceipt<TrainingSettings | undefined>

export interface Kept {
  record: AdapterEntry
  adapter: LoraAdapter
}

/** What an adapter sits on, and how it is asked. */
export interface Outline {
  modules: readonly LinearModule[]
  template: Template
}

function bytesOf(adapter: LoraAdapter): number {
  return adapter.pairs.reduce((sum, { a, b }) => sum + a.byteLength + b.byteLength, 0)
}

/** Settings of an import are history only: unreadable ones are left out rather than keep the adapter out. */
function settingsOf(value: unknown): TrainingSettings | undefined {
  try {
    return readSettings(value)
  } catch {
    return undefined
  }
}

/** A name as part of a file's name. */
export function plainName(name: string): string {
  const plain = name.normalize('NFKD').replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '')
  return plain || 'adapter'
}

export class Shelf {
  readonly #store: TuningStore
  readonly #host: HostPort
  readonly #unsaved = new Map<string, Kept>()
  #lent: Kept | undefined
  /** Why some stored adapters are missing in the last list (F82). */
  problems: readonly HomespunError[] = []

  constructor(store: TuningStore, host: HostPort) {
    this.#store = store
    this.#host = host
  }

  /** The newest first. Where storage does not open, what this tab holds; with nothing to show, that is thrown. */
  async list(): Promise<AdapterEntry[]> {
    const unsaved = Array.from(this.#unsaved.values(), ({ record }) => record).reverse()
    try {
      const { entries, problems } = await this.#store.adapters.list()
      this.problems = problems
      return [...unsaved, ...entries]
    } catch (error) {
      if (unsaved.length === 0) throw error
      return unsaved
    }
  }

  /** Throws HomespunError 'adapter-not-found', 'storage-damaged'. */
  async get(id: string): Promise<Kept> {
    return (this.lends(id) ? this.#lent : this.#unsaved.get(id)) ?? (await this.#store.adapters.get(id))
  }

  /** Its layers, without its weights. Throws HomespunError 'adapter-not-found', 'storage-damaged'. */
  async outline(id: string): Promise<Outline> {
    const kept = this.lends(id) ? this.#lent : this.#unsaved.get(id)
    return kept ? { modules: kept.adapter.pairs, template: kept.record.template } : this.#store.adapters.outline(id)
  }

  /** Lets an adapter be had by its id without being on the shelf, until the next one is lent. */
  lend(kept: Kept): void {
    this.#lent = kept
  }

  lends(id: string): boolean {
    return this.#lent?.record.id === id
  }

  /** Keeps an adapter, in place of one with the same id; where it cannot be stored it stays in memory, and `problem` says why. */
  async put(receipt: Receipt, adapter: LoraAdapter, id: string = this.#host.newId()): Promise<{ record: AdapterEntry; problem: HomespunError | undefined }> {
    try {
      const record = await this.#store.adapters.put(receipt, adapter, { imported: false, id })
      this.#unsaved.delete(id)
      return { record, problem: undefined }
    } catch (error) {
      if (!(error instanceof HomespunError)) throw error
      const record: AdapterEntry = { ...receipt, note: '', tags: [], id, bytes: bytesOf(adapter), imported: false }
      this.#unsaved.set(record.id, { record, adapter })
      return { record, problem: error }
    }
  }

  /** Keeps one more. Throws HomespunError 'storage-…'. */
  add(receipt: Receipt, adapter: LoraAdapter, imported: boolean): Promise<AdapterEntry> {
    return this.#store.adapters.put(receipt, adapter, { imported })
  }

  async rename(id: string, name: string): Promise<void> {
    const kept = this.#unsaved.get(id)
    if (!kept) return this.#store.adapters.rename(id, name)
    kept.record = { ...kept.record, name }
  }

  /** Throws HomespunError 'adapter-not-found', 'adapter-note'. */
  async annotate(id: string, annotation: Annotation): Promise<void> {
    const kept = this.#unsaved.get(id)
    if (!kept) return this.#store.adapters.annotate(id, annotation)
    kept.record = { ...kept.record, ...checkedAnnotation(annotation) }
  }

  /** Writes what a test gave into its receipt; one that is only lent has none. Throws HomespunError 'adapter-not-found', 'storage-…'. */
  async addScore(id: string, score: Score): Promise<void> {
    if (this.lends(id)) return
    const kept = this.#unsaved.get(id)
    if (!kept) return this.#store.adapters.addScore(id, score)
    kept.record = { ...kept.record, scores: withScore(kept.record.scores, score) }
  }

  /** A second one under a name; where storage does not take it, it is in memory as the first one is. Returns its id. */
  async duplicate(id: string, name: string): Promise<string> {
    const kept = this.#unsaved.get(id)
    if (!kept) return this.#store.adapters.duplicate(id, name)
    const copy = { ...kept, record: { ...kept.record, id: this.#host.newId(), name } }
    this.#unsaved.set(copy.record.id, copy)
    return copy.record.id
  }

  /** Throws HomespunError 'adapter-in-use'. */
  async remove(id: string): Promise<void> {
    if (!this.#unsaved.delete(id)) await this.#store.adapters.remove(id)
  }

  /** Keeps others from deleting the adapter until the returned function is called. */
  async hold(id: string): Promise<() => Promise<void>> {
    return this.lends(id) || this.#unsaved.has(id) ? async () => undefined : this.#store.adapters.hold(id)
  }

  /** Throws what `readPicked` throws, 'no-model' where neither a receipt nor an open model says what it belongs to, 'storage-…'. */
  async import(files: readonly PickedFile[], model: OpenModel | undefined, template: Template): Promise<AdapterEntry> {
    const target = model && { base: model.identity, modules: model.loaded.linearModules }
    const { adapter, receipt } = await readPicked(files, target)
    const base = receipt?.base ?? model?.identity
    if (!base) {
      throw new HomespunError('no-model', 'This adapter does not say which model it belongs to.', { fix: 'Open its model first, then import it.' })
    }
    const known: Receipt = receipt
      ? { ...receipt, settings: settingsOf(receipt.settings) }
      : {
          name: pickedName(files), createdAt: this.#host.now(), base, settings: undefined, template,
          dataset: { name: '', hash: '', examples: 0 }, steps: 0, seconds: 0, trainingLosses: [], validationLosses: [],
          software: 'another program',
        }
    return this.add(known, adapter, true)
  }
}

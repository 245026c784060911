/** The adapters kept in this browser: named, noted, copied, exported, imported, deleted. */
import type { AdapterRecord, Annotation, PickedFile, StorageUse } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { nameOfCopy } from './shelf-filter.ts'
import { asTrouble, type Trouble } from './trouble.ts'

interface Reactions {
  /** An adapter was imported, so there is something to lose. */
  onKept: () => void
  /** One that was taken off the shelf could not be destroyed: it is there again. */
  onNotDeleted: (failure: Trouble) => void
}

export class Shelf {
  #all = $state.raw<AdapterRecord[]>([])
  /** The one deleted last: destroyed by the next deletion or by `forget`, and until then to be had back. */
  leaving = $state.raw<AdapterRecord>()
  readonly adapters = $derived(this.#all.filter(({ id }) => id !== this.leaving?.id))
  storage = $state.raw<StorageUse>()
  failure = $state.raw<Trouble>()
  importing = $state(false)
  #engine: Engine
  #reactions: Reactions

  constructor(engine: Engine, reactions: Reactions) {
    this.#engine = engine
    this.#reactions = reactions
  }

  find(id: string | undefined): AdapterRecord | undefined {
    return this.adapters.find((adapter) => adapter.id === id)
  }

  /** Only an adapter made for the model that is open can speak. */
  fitting(baseHash: string | undefined): AdapterRecord[] {
    return this.adapters.filter((adapter) => adapter.base.hash === baseHash)
  }

  async refresh(): Promise<void> {
    await this.#try(async () => {
      const adapters = await this.#engine.service.listAdapters()
      this.#all = [...adapters].sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    })
    await this.refreshStorage()
  }

  /** Destroys what was set aside because it was damaged. */
  async clearDamaged(): Promise<void> {
    await this.#try(() => this.#engine.service.clearDamaged())
    await this.refresh()
  }

  async refreshStorage(): Promise<void> {
    try {
      this.storage = await this.#engine.service.storageEstimate()
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  async rename(id: string, name: string): Promise<void> {
    const trimmed = name.trim()
    if (trimmed === '' || trimmed === this.find(id)?.name) return
    await this.#change(() => this.#engine.service.renameAdapter(id, trimmed))
  }

  async annotate(id: string, annotation: Annotation): Promise<void> {
    await this.#change(() => this.#engine.service.annotateAdapter(id, annotation))
  }

  async duplicate({ id, name }: AdapterRecord): Promise<void> {
    const copy = nameOfCopy(name, this.#all.map((adapter) => adapter.name))
    await this.#change(() => this.#engine.service.duplicateAdapter(id, copy))
  }

  /** Whether one of another base could be used on the open model; no where that cannot be told. */
  async fitsOpenModel(id: string): Promise<boolean> {
    return this.#engine.service.fitsOpenModel(id).catch(() => false)
  }

  /** Puts a copy of one of another base on the shelf, for the open model. */
  async adopt({ id, name }: AdapterRecord, model: string): Promise<void> {
    await this.#change(() => this.#engine.service.adoptAdapter(id, `${name.slice(0, 120)}, on ${model.slice(0, 60)}`))
  }

  /** Takes an adapter off the shelf; nothing of it is destroyed yet. */
  async remove(id: string): Promise<void> {
    await this.forget()
    this.leaving = this.find(id)
  }

  putBack() {
    this.leaving = undefined
  }

  /** Destroys what was deleted last. */
  async forget(): Promise<void> {
    const { leaving } = this
    if (!leaving) return
    await this.#try(() => this.#engine.service.deleteAdapter(leaving.id))
    if (this.failure) this.#reactions.onNotDeleted(this.failure)
    else this.#all = this.#all.filter(({ id }) => id !== leaving.id)
    if (this.leaving === leaving) this.leaving = undefined
    await this.refreshStorage()
  }

  /** The zip to hand to the person, or nothing where it failed (`failure` says why). */
  async export(id: string): Promise<{ fileName: string; bytes: Uint8Array<ArrayBuffer> } | undefined> {
    return this.#try(() => this.#engine.service.exportAdapter(id))
  }

  async import(files: readonly PickedFile[]): Promise<void> {
    this.importing = true
    let added = await this.#try(() => this.#engine.service.importAdapter(files))
    // One for another base waits on the shelf until that is opened.
    if (this.failure?.code === 'adapter-other-base') {
      const refusal = this.failure
      added = await this.#try(() => this.#engine.service.importAdapter(files, true))
      if (this.failure) this.failure = refusal
    }
    this.importing = false
    if (!added) return
    this.#reactions.onKept()
    await this.refresh()
  }

  /** What could not be changed stays told: reading the shelf anew would put it away. */
  async #change(work: () => Promise<unknown>): Promise<void> {
    await this.#try(work)
    if (!this.failure) await this.refresh()
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.failure = undefined
    try {
      return await work()
    } catch (error) {
      this.failure = asTrouble(error)
      return undefined
    }
  }
}

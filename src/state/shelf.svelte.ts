/** The adapters kept in this browser: named, exported, imported, deleted. */
import type { AdapterRecord } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export interface StorageUse {
  usedBytes: number
  quotaBytes: number
  persisted: boolean
}

export class Shelf {
  adapters = $state.raw<AdapterRecord[]>([])
  storage = $state.raw<StorageUse>()
  failure = $state.raw<Trouble>()
  importing = $state(false)
  #engine: Engine
  #onKept: () => void

  /** `onKept`: an adapter was imported, so there is something to lose. */
  constructor(engine: Engine, onKept: () => void) {
    this.#engine = engine
    this.#onKept = onKept
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
      this.adapters = [...adapters].sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    })
    await this.refreshStorage()
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

  async remove(id: string): Promise<void> {
    await this.#change(() => this.#engine.service.deleteAdapter(id))
  }

  /** The zip to hand to the person, or nothing where it failed (`failure` says why). */
  async export(id: string): Promise<{ fileName: string; bytes: Uint8Array<ArrayBuffer> } | undefined> {
    return this.#try(() => this.#engine.service.exportAdapter(id))
  }

  async import(file: File): Promise<void> {
    this.importing = true
    const added = await this.#try(() => this.#engine.service.importAdapter(file))
    this.importing = false
    if (!added) return
    this.#onKept()
    await this.refresh()
  }

  /** What could not be changed stays told: reading the shelf anew would put it away. */
  async #change(work: () => Promise<void>): Promise<void> {
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

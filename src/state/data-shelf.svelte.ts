/** Datasets kept in this browser. */
import type { StoredDataset } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export class DataShelf {
  kept = $state.raw<StoredDataset[]>([])
  failure = $state.raw<Trouble>()
  #engine: Engine
  #onChange: () => Promise<void>

  /** `onChange`: what the browser's storage holds has changed. */
  constructor(engine: Engine, onChange: () => Promise<void>) {
    this.#engine = engine
    this.#onChange = onChange
  }

  async refresh(): Promise<void> {
    this.failure = undefined
    try {
      this.kept = await this.#engine.service.keptDatasets()
    } catch (error) {
      const what = asTrouble(error)
      // The shelf says so already.
      if (what.code !== 'storage-unavailable') this.failure = what
    }
  }

  rename(id: string, name: string): Promise<void> {
    return this.#change(() => this.#engine.service.renameDataset(id, name))
  }

  forget(id: string): Promise<void> {
    return this.#change(() => this.#engine.service.forgetDataset(id))
  }

  async #change(change: () => Promise<void>): Promise<void> {
    let failure: Trouble | undefined
    try {
      await change()
    } catch (error) {
      failure = asTrouble(error)
    }
    await this.refresh()
    this.failure ??= failure
    await this.#onChange()
  }
}

/** Models downloaded into this browser, whole or in part. */
import type { CachedModel } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export class Library {
  models = $state.raw<CachedModel[]>([])
  failure = $state.raw<Trouble>()
  #engine: Engine
  #onChange: () => Promise<void>

  /** `onChange`: what the browser's storage holds has changed. */
  constructor(engine: Engine, onChange: () => Promise<void>) {
    this.#engine = engine
    this.#onChange = onChange
  }

  find(id: string): CachedModel | undefined {
    return this.models.find((model) => model.id === id)
  }

  async refresh(): Promise<void> {
    await this.#try(async () => (this.models = await this.#engine.service.downloadedModels()))
  }

  async remove(id: string): Promise<void> {
    await this.#try(async () => {
      await this.#engine.service.deleteDownloaded(id)
      this.models = await this.#engine.service.downloadedModels()
    })
    await this.#onChange()
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    this.failure = undefined
    try {
      await work()
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }
}

/** Models by name: searched for, looked up before anything is downloaded, and downloaded. */
import { proxy } from 'comlink'
import type { DownloadProgress, FoundModel, HubModel } from '../service/hub-types.ts'
import type { CachedModel, MemoryByWeights } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import type { HubLine } from './hub-line.svelte.ts'
import { HubSettings } from './hub-settings.svelte.ts'
import { asTrouble, trouble, type Trouble } from './trouble.ts'

/** A model that was looked up, or one that is here in part: what the person decides about. */
export interface Chosen {
  model: HubModel
  gated: boolean
  languages: string[]
  /** What training takes on the engine in use; unknown where its config.json is kept back. */
  memory: MemoryByWeights | undefined
  /** Why Homespun cannot train it at all. */
  unsupported: Trouble | undefined
}

interface HubEvents {
  /** There is something to lose from now on. */
  onBegun: () => void
  /** A download has ended, whole or not. */
  onStopped: () => Promise<void>
  onDownloaded: (id: string) => Promise<void>
}

type HubStatus = 'idle' | 'searching' | 'looking' | 'downloading' | 'pausing'

export class Hub {
  readonly settings = new HubSettings()
  status = $state<HubStatus>('idle')
  /** What was asked for, while it is looked up. */
  asked = $state<{ repo: string; revision: string }>()
  found = $state.raw<{ words: string; models: FoundModel[] }>()
  chosen = $state.raw<Chosen>()
  progress = $state.raw<DownloadProgress>()
  failure = $state.raw<Trouble>()
  readonly busy = $derived(this.status !== 'idle')
  #line: HubLine
  #engine: Engine
  #atOnce: number
  #events: HubEvents

  constructor(line: HubLine, engine: Engine, atOnce: number, events: HubEvents) {
    this.#line = line
    this.#engine = engine
    this.#atOnce = atOnce
    this.#events = events
  }

  async search(words: string): Promise<void> {
    const text = words.trim()
    if (text === '' || this.busy) return
    await this.#during('searching', async () => {
      const models = await this.#line.use((hub) => hub.search(this.settings.address, text))
      this.found = { words: text, models }
    })
  }

  /** Asks the hub what a model is made of, and the engine what training it takes. Downloads config.json alone. */
  async lookUp(repo: string, revision = 'main'): Promise<void> {
    if (this.busy) return
    this.chosen = undefined
    this.asked = { repo, revision }
    await this.#during('looking', async () => {
      const { config, ...about } = await this.#line.use((hub) => hub.describe(this.settings.address, repo, revision))
      this.chosen = { ...about, ...(await this.#train(config)) }
    })
  }

  /** A download of an earlier visit, with what was noted of it then: the hub need not list it again. */
  takeUp({ model }: CachedModel) {
    this.failure = undefined
    this.asked = { repo: model.repo, revision: model.revision }
    this.chosen = { model, gated: false, languages: [], memory: undefined, unsupported: undefined }
  }

  /** Back to the choice of models. */
  leave() {
    if (this.busy) return
    this.asked = undefined
    this.chosen = undefined
    this.failure = undefined
    this.progress = undefined
  }

  async download(): Promise<void> {
    const model = this.chosen?.model
    if (!model || this.busy) return
    this.progress = undefined
    this.#events.onBegun()
    let id: string | undefined
    await this.#during('downloading', async () => {
      const tell = proxy((progress: DownloadProgress) => (this.progress = progress))
      id = await this.#line.use((hub) => hub.download(this.settings.at(model.hub), model, this.#atOnce, tell))
    })
    await this.#events.onStopped()
    if (id === undefined) return
    this.leave()
    await this.#events.onDownloaded(id)
  }

  async pause(): Promise<void> {
    if (this.status !== 'downloading') return
    this.status = 'pausing'
    await this.#line.use((hub) => hub.pause()).catch(() => undefined)
  }

  async #train(config: Record<string, unknown> | undefined): Promise<Pick<Chosen, 'memory' | 'unsupported'>> {
    if (!config) return { memory: undefined, unsupported: undefined }
    try {
      return { memory: await this.#engine.service.memoryToTrain(config), unsupported: undefined }
    } catch (error) {
      return { memory: undefined, unsupported: asTrouble(error) }
    }
  }

  async #during(status: HubStatus, work: () => Promise<void>): Promise<void> {
    this.failure = undefined
    this.status = status
    try {
      await work()
    } catch (error) {
      this.failure = error === undefined ? trouble('hub-ended', 'It was ended before the hub had answered.') : asTrouble(error)
      // What the person wanted themselves is no trouble.
      if (this.failure.code === 'download-paused') this.failure = undefined
    }
    this.status = 'idle'
  }
}

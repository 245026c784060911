/** The base model that is open: chosen from disk or from those downloaded, loaded by the worker, described to the person. */
import { proxy } from 'comlink'
import type { CachedModel, LoadProgress, ModelSummary, PickedFile, WeightDtype } from '../service/types.ts'
import type { BuiltIn } from './built-in.ts'
import type { Engine } from './engine.svelte.ts'
import { thimbleOpensByItself } from './thimble-choice.ts'
import { asTrouble, trouble, type Trouble } from './trouble.ts'

type Source = { thimble: BuiltIn } | { files: PickedFile[] } | { downloaded: CachedModel }

export class Model {
  status = $state<'none' | 'loading' | 'ready'>('none')
  summary = $state.raw<ModelSummary>()
  /** The licence the folder's own README names, or the hub named. */
  licence = $state.raw<string>()
  progress = $state.raw<LoadProgress>()
  failure = $state.raw<Trouble>()
  /** How the next model's weights are to be kept. */
  weights = $state<WeightDtype>('stored')
  /** Whether it is the one that came with the page. */
  isThimble = $state(false)
  #source: Source | undefined
  #engine: Engine
  #onOpening: () => Promise<void>
  #onChange: () => Promise<void>

  constructor(engine: Engine, { onOpening, onChange }: { onOpening: () => Promise<void>; onChange: () => Promise<void> }) {
    this.#engine = engine
    this.#onOpening = onOpening
    this.#onChange = onChange
  }

  async open(files: PickedFile[]): Promise<void> {
    if (files.length > 0) return this.#open({ files })
    this.failure = trouble('folder-empty', 'No files were found in what you dropped.', { fix: 'Drop the folder that holds config.json.' })
  }

  /** The model that comes with the page. */
  async openThimble(builtIn: BuiltIn): Promise<void> {
    await this.#open({ thimble: builtIn })
    if (this.status === 'ready') thimbleOpensByItself(true)
  }

  async openDownloaded(downloaded: CachedModel): Promise<void> {
    await this.#open({ downloaded })
  }

  /** Reads the open model again, with its weights kept otherwise. */
  async keepAs(weights: WeightDtype): Promise<void> {
    this.weights = weights
    if (this.#source) await this.#open(this.#source)
  }

  /** Puts it away, to choose another. Thimble opens by itself no more. */
  async close(): Promise<void> {
    thimbleOpensByItself(false)
    await this.#engine.service.closeModel()
    this.summary = undefined
    this.licence = undefined
    this.failure = undefined
    this.status = 'none'
    await this.#onChange()
  }

  async #open(source: Source): Promise<void> {
    if (this.status === 'loading') return
    this.failure = undefined
    this.status = 'loading'
    this.summary = undefined
    this.progress = undefined
    try {
      await this.#onOpening()
      const tell = proxy((progress: LoadProgress) => (this.progress = progress))
      const { service } = this.#engine
      if ('downloaded' in source) {
        this.summary = await service.openDownloaded(source.downloaded.id, tell, this.weights)
        this.licence = source.downloaded.model.licence
      } else {
        const files = 'thimble' in source ? await source.thimble.fetchThimble() : source.files
        this.summary = await service.openModel(files, tell, this.weights)
        this.licence = await readLicence(files)
      }
      this.#source = source
      this.isThimble = 'thimble' in source
      this.status = 'ready'
    } catch (error) {
      this.failure = asTrouble(error)
      this.status = 'none'
    }
    await this.#onChange()
  }
}

/** Model cards begin with YAML front matter; its `license:` line is what the hub shows. */
async function readLicence(files: PickedFile[]): Promise<string | undefined> {
  const card = files.find(({ path }) => /(^|\/)README\.md$/i.test(path))
  if (!card) return undefined
  try {
    const text = await card.file.slice(0, 4096).text()
    const frontMatter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1]
    return /^license:\s*["']?([\w.\- ]+?)["']?\s*$/m.exec(frontMatter ?? '')?.[1]
  } catch {
    return undefined
  }
}

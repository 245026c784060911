/** The base model that is open: chosen from disk, loaded by the worker, described to the person. */
import { proxy } from 'comlink'
import type { LoadProgress, ModelSummary, PickedFile } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, trouble, type Trouble } from './trouble.ts'

export class Model {
  status = $state<'none' | 'loading' | 'ready'>('none')
  summary = $state.raw<ModelSummary>()
  /** The licence the folder's own README names, if it has one. */
  licence = $state.raw<string>()
  progress = $state.raw<LoadProgress>()
  failure = $state.raw<Trouble>()
  #engine: Engine
  #onChange: () => Promise<void>

  constructor(engine: Engine, onChange: () => Promise<void>) {
    this.#engine = engine
    this.#onChange = onChange
  }

  async open(files: PickedFile[]): Promise<void> {
    if (this.status === 'loading') return
    this.failure = undefined
    if (files.length === 0) {
      this.failure = trouble('folder-empty', 'No files were found in what you dropped.', {
        fix: 'Drop the folder that holds config.json.',
      })
      return
    }
    this.status = 'loading'
    this.summary = undefined
    this.progress = undefined
    try {
      const summary = await this.#engine.service.openModel(
        files,
        proxy((progress: LoadProgress) => (this.progress = progress)),
      )
      this.licence = await readLicence(files)
      this.summary = summary
      this.status = 'ready'
    } catch (error) {
      this.failure = asTrouble(error)
      this.status = 'none'
    }
    await this.#onChange()
  }

  async close(): Promise<void> {
    await this.#engine.service.closeModel()
    this.summary = undefined
    this.licence = undefined
    this.status = 'none'
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

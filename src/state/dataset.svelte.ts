/** The pairs to learn from: read by the worker, shown a page at a time, previewed as the model sees them. */
import type { DatasetRow, DatasetSummary, PlainTemplate, PreviewToken } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import type { Model } from './model.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export const pageSize = 10
/** One seed for the split, so that the same file is always split the same way. */
const splitSeed = 1

export class Dataset {
  status = $state<'none' | 'reading' | 'ready'>('none')
  summary = $state.raw<DatasetSummary>()
  failure = $state.raw<Trouble>()
  validationFraction = $state(0.1)
  rows = $state.raw<DatasetRow[]>([])
  from = $state(0)
  /** Index of the row in the preview, from 0. */
  previewed = $state(0)
  preview = $state.raw<PreviewToken[]>()
  templateFailure = $state.raw<Trouble>()
  #file: File | undefined
  #template: PlainTemplate | undefined
  #engine: Engine
  #model: Model
  #onChange: () => Promise<void>

  constructor(engine: Engine, model: Model, onChange: () => Promise<void>) {
    this.#engine = engine
    this.#model = model
    this.#onChange = onChange
  }

  async open(file: File): Promise<void> {
    this.#template = undefined
    await this.#read(file)
  }

  /** Pasted text is read as the file it looks like: JSON lines where it begins like JSON, else CSV. */
  async openText(text: string): Promise<void> {
    const name = /^\s*[[{]/.test(text) ? 'pasted.jsonl' : 'pasted.csv'
    await this.open(new File([text], name))
  }

  async setValidationFraction(fraction: number): Promise<void> {
    this.validationFraction = fraction
    await this.reread()
  }

  /** Lengths and preview depend on the model's tokenizer: a new model means reading again. */
  async reread(): Promise<void> {
    if (this.#file && this.status === 'ready') await this.#read(this.#file)
  }

  async setTemplate(template: PlainTemplate): Promise<void> {
    this.templateFailure = undefined
    try {
      this.summary = await this.#engine.service.setTemplate(template)
      this.#template = template
      await this.showPreview(this.previewed)
      await this.#onChange()
    } catch (error) {
      this.templateFailure = asTrouble(error)
    }
  }

  async showRows(from: number): Promise<void> {
    try {
      this.rows = await this.#engine.service.dataRows(from, pageSize)
      this.from = from
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  async showPreview(index: number): Promise<void> {
    this.previewed = index
    const model = this.#model.summary
    if (!model || !this.summary) {
      this.preview = undefined
      return
    }
    try {
      const tokens = await this.#engine.service.previewRow(index, model.contextLength)
      if (index === this.previewed) this.preview = tokens
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  async close(): Promise<void> {
    await this.#engine.service.closeData()
    this.summary = undefined
    this.preview = undefined
    this.rows = []
    this.#file = undefined
    this.status = 'none'
    await this.#onChange()
  }

  async #read(file: File): Promise<void> {
    if (this.status === 'reading') return
    const before = this.status
    this.failure = undefined
    this.status = 'reading'
    try {
      const settings = { validationFraction: this.validationFraction, seed: splitSeed }
      let summary = await this.#engine.service.readData(file, settings)
      if (this.#template && summary.template !== 'chat-template') summary = await this.#engine.service.setTemplate(this.#template)
      this.summary = summary
      this.#file = file
      this.status = 'ready'
      await this.showRows(0)
      await this.showPreview(0)
    } catch (error) {
      this.failure = asTrouble(error)
      this.status = before
    }
    await this.#onChange()
  }
}

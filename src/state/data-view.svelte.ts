/** What of the dataset is looked at: the rows that fit a search or a finding, fetched as they come into view, and one of them as tokens. */
import type { DatasetRow, PreviewToken } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import type { Model } from './model.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

/** Rows fetched at a time. */
const STRETCH = 100

export class DataView {
  search = $state('')
  /** Rows with a finding of this code only. */
  code = $state<string>()
  total = $state(0)
  /** By place in the view; what is not there yet is being fetched. */
  rows = $state.raw<ReadonlyMap<number, DatasetRow>>(new Map())
  /** The row in the preview, by its number. */
  previewed = $state<number>()
  preview = $state.raw<PreviewToken[]>()
  /** Tokens after which the preview is cut. */
  cutAfter = $state<number>()
  /** Why rows could not be fetched. */
  failure = $state.raw<Trouble>()
  /** Why the row cannot be shown as tokens: a template refuses it. */
  previewFailure = $state.raw<Trouble>()
  #asked = new Set<number>()
  /** Answers to questions about the table as it was are dropped. */
  #turn = 0
  #shown = 0
  #engine: Engine
  #model: Model
  #runLength: () => number | undefined

  /** `runLength`: tokens of the longest example that the run to come would take; undefined before it has settings. */
  constructor(engine: Engine, model: Model, runLength: () => number | undefined) {
    this.#engine = engine
    this.#model = model
    this.#runLength = runLength
  }

  /** Tokens after which a run cuts a row; undefined without a model. */
  get maxLength(): number | undefined {
    const most = this.#model.summary?.contextLength
    const wished = this.#runLength() ?? NaN
    return most !== undefined && wished >= 1 && wished < most ? Math.floor(wished) : most
  }

  /** Begins anew, with all rows and the first one as tokens. */
  async reset(): Promise<void> {
    this.search = ''
    this.code = undefined
    this.previewed = undefined
    await this.refresh()
  }

  async find(search: string, code: string | undefined): Promise<void> {
    this.search = search
    this.code = code
    await this.refresh()
  }

  /** Fetches what is in view again: rows were changed. */
  async refresh(): Promise<void> {
    this.#turn++
    this.failure = undefined
    this.#asked = new Set()
    const kept = this.rows
    await this.fetch(0, STRETCH, new Map())
    if (this.rows === kept) this.rows = new Map()
    const still = this.previewed
    await this.show(still ?? this.rows.get(0)?.row)
  }

  clear(): void {
    this.#turn++
    this.rows = new Map()
    this.total = 0
    this.previewed = undefined
    this.preview = undefined
    this.failure = this.previewFailure = undefined
  }

  /** Makes sure that the rows from … to of the view are there, or on their way. */
  async fetch(from: number, to: number, onto?: ReadonlyMap<number, DatasetRow>): Promise<void> {
    const turn = this.#turn
    const first = Math.floor(from / STRETCH)
    const last = Math.floor(Math.max(from, to - 1) / STRETCH)
    for (let stretch = first; stretch <= last; stretch++) {
      if (this.#asked.has(stretch)) continue
      this.#asked.add(stretch)
      try {
        const view = { from: stretch * STRETCH, count: STRETCH, search: this.search, ...(this.code === undefined ? {} : { code: this.code }) }
        const { total, rows } = await this.#engine.service.dataRows(view)
        if (turn !== this.#turn) return
        this.total = total
        this.rows = new Map([...(onto ?? this.rows), ...rows.map((row, offset) => [view.from + offset, row] as const)])
      } catch (error) {
        this.#asked.delete(stretch)
        this.failure = asTrouble(error)
      }
    }
  }

  /** Shows a row as the model sees it. Of another row than before nothing stays in sight. */
  async show(row: number | undefined): Promise<void> {
    const turn = ++this.#shown
    const cutAfter = this.maxLength
    if (row !== this.previewed) this.preview = this.previewFailure = undefined
    this.previewed = row
    this.cutAfter = cutAfter
    if (cutAfter === undefined || row === undefined) {
      this.preview = this.previewFailure = undefined
      return
    }
    try {
      const tokens = await this.#engine.service.previewRow(row, cutAfter)
      if (turn !== this.#shown) return
      this.preview = tokens
      this.previewFailure = undefined
    } catch (error) {
      if (turn !== this.#shown) return
      const what = asTrouble(error)
      this.preview = this.previewFailure = undefined
      if (what.code === 'no-such-row') this.previewed = undefined
      else this.previewFailure = what
    }
  }

  /** Where runs have come to cut rows elsewhere, the preview follows. */
  async recut(): Promise<void> {
    if (this.previewed !== undefined && this.cutAfter !== this.maxLength) await this.show(this.previewed)
  }

  /** The row after (1) or before (-1) the one in the preview; undefined at the ends. */
  neighbour(step: 1 | -1): number | undefined {
    const place = [...this.rows].find(([, { row }]) => row === this.previewed)?.[0]
    return place === undefined ? undefined : this.rows.get(place + step)?.row
  }
}

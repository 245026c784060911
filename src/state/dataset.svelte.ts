/** The dataset that is open: read by the worker, edited row by row, looked through in the background, kept in this browser. */
import { proxy } from 'comlink'
import type { AppendRequest, ColumnChoice, ColumnQuestion, DataFormat, DataState, DocumentRow, DocumentWay, NewRow, PlainTemplate, ReadProgress, SplitSettings } from '../service/types.ts'
import { DataFindings } from './data-findings.svelte.ts'
import { DataView } from './data-view.svelte.ts'
import type { Engine } from './engine.svelte.ts'
import type { Model } from './model.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

/** One seed at first, so that the same file is always split the same way. */
const FIRST_SPLIT: SplitSettings = { validationFraction: 0.1, seed: 1 }

/** What a person said about a file that does not say it itself. */
export interface ReadChoices {
  columns?: ColumnChoice
  encoding?: string
}

export interface DatasetEvents {
  /** Rows, lengths or split are other ones. */
  onChange: () => Promise<void>
  /** The dataset was kept in this browser. */
  onKept: () => void
}

export class Dataset {
  status = $state<'none' | 'reading' | 'ready'>('none')
  progress = $state.raw<ReadProgress>()
  state = $state.raw<DataState>()
  failure = $state.raw<Trouble>()
  /** As it is now, it lies in this browser's storage too. */
  kept = $state(false)
  /** Why it could not be kept in this browser. */
  unkept = $state.raw<Trouble>()
  templateFailure = $state.raw<Trouble>()
  /** The file that is open or was refused, and how it was read: to be read again in another way. */
  file = $state.raw<File>()
  readonly view: DataView
  readonly findings: DataFindings
  readonly summary = $derived(this.state?.summary)
  /** Asked where a file was refused because its columns are not clear. */
  readonly columnQuestion = $derived.by(() => {
    const { code, about } = this.failure ?? {}
    return code === 'columns-unknown' || code === 'columns-twice' ? (about as ColumnQuestion | undefined) : undefined
  })
  #choices: ReadChoices = {}
  #split = FIRST_SPLIT
  #keeps = false
  #template: PlainTemplate | undefined
  #engine: Engine
  #model: Model
  #events: DatasetEvents

  constructor(engine: Engine, model: Model, events: DatasetEvents) {
    this.#engine = engine
    this.#model = model
    this.#events = events
    this.view = new DataView(engine, model)
    this.findings = new DataFindings(engine, () => this.state, { onCounted: (state) => this.#counted(state), onChecked: () => this.#checked() })
  }

  /** `keeps`: whether it is kept in this browser before anything is done to it. */
  async open(file: File, choices: ReadChoices = {}, keeps = true): Promise<void> {
    if (this.status === 'reading') return
    this.file = file
    this.#choices = choices
    this.#template = undefined
    this.#keeps = keeps
    await this.#take(() => {
      const request = { split: this.#split, ...choices }
      return this.#engine.service.readData(file, request, proxy((progress: ReadProgress) => (this.progress = progress)))
    })
  }

  /** Reads the file that is open, or was refused, in another way. What was changed in its rows is not carried over. */
  async readAs(choices: ReadChoices): Promise<void> {
    if (this.file) await this.open(this.file, { ...this.#choices, ...choices }, this.#keeps)
  }

  /** Pasted text is read as the file it looks like: JSON lines where it begins like JSON, a table where its lines have commas or tabs. */
  async openText(text: string): Promise<void> {
    await this.open(pastedFile(text))
  }

  /** A table to type in, with a first row. */
  async begin(row?: NewRow): Promise<void> {
    this.file = undefined
    this.#keeps = true
    await this.#take(() => this.#engine.service.newData('My pairs', this.#split, row))
  }

  documentRows(text: string, way: DocumentWay): Promise<DocumentRow[]> {
    return this.#engine.service.documentRows(text, way)
  }

  /** Adds a pair to what is open, or begins a dataset with it. */
  addPair(pair: NewRow): Promise<void> {
    return this.state ? this.addRow(pair) : this.begin(pair)
  }

  async openKept(id: string): Promise<void> {
    this.file = undefined
    this.#keeps = true
    await this.#take(() => this.#engine.service.openKept(id))
  }

  async stopReading(): Promise<void> {
    await this.#engine.service.cancelReading()
  }

  appendText(text: string, request: AppendRequest): Promise<void> {
    return this.append(pastedFile(text), request)
  }

  /** Rows of a further file, after those that are open. */
  append(file: File, request: AppendRequest): Promise<void> {
    return this.#edit(() => this.#engine.service.appendData(file, request))
  }

  setSplit(change: Partial<SplitSettings>): Promise<void> {
    this.#split = { ...this.#split, ...this.summary?.splitSettings, ...change }
    return this.#edit(() => this.#engine.service.setSplit(this.#split))
  }

  editRow(row: number, field: string, text: string): Promise<void> {
    return this.#edit(() => this.#engine.service.editRow(row, field, text))
  }

  addRow(row: NewRow = { input: '', output: '' }): Promise<void> {
    return this.#edit(() => this.#engine.service.addRow(row))
  }

  deleteRows(rows: readonly number[]): Promise<void> {
    return this.#edit(() => this.#engine.service.deleteRows([...rows]))
  }

  mend(name: string, what: string): Promise<void> {
    return this.#edit(() => this.#engine.service.mendData(name, what))
  }

  undo(): Promise<void> {
    return this.#edit(() => this.#engine.service.undoEdit())
  }

  redo(): Promise<void> {
    return this.#edit(() => this.#engine.service.redoEdit())
  }

  async accept(code: string, accepted: boolean): Promise<void> {
    this.state = await this.#engine.service.acceptFinding(code, accepted)
    await this.#keep()
  }

  exportFile(format: DataFormat): Promise<{ fileName: string; file: Blob }> {
    return this.#engine.service.exportData(format)
  }

  /** Lengths and tokens depend on the model: a new one means counting again. */
  async recount(): Promise<void> {
    if (this.status !== 'ready') return
    this.state = await this.#engine.service.setSplit(this.#split)
    await this.view.show(this.view.previewed)
    await this.findings.look(this.#model.summary !== undefined)
  }

  async setTemplate(template: PlainTemplate): Promise<void> {
    this.templateFailure = undefined
    try {
      this.state = await this.#engine.service.setTemplate(template)
      this.#template = template
      await this.recount()
    } catch (error) {
      this.templateFailure = asTrouble(error)
    }
  }

  async close(): Promise<void> {
    await this.#engine.service.closeData()
    this.#closed()
    this.file = undefined
    this.failure = undefined
    await this.#events.onChange()
  }

  #closed(): void {
    this.state = undefined
    this.status = 'none'
    this.view.clear()
    this.findings.clear()
  }

  /** What was open stays until the other dataset is there. */
  async #take(read: () => Promise<DataState>): Promise<void> {
    if (this.status === 'reading') return
    const before = this.status
    this.failure = this.unkept = this.progress = undefined
    this.status = 'reading'
    try {
      let state = await read()
      this.#split = state.summary.splitSettings
      if (this.#template && state.summary.template !== 'chat-template') state = await this.#engine.service.setTemplate(this.#template)
      this.findings.clear()
      this.state = state
      this.kept = false
      this.status = 'ready'
      await this.view.reset()
      if (this.#keeps) void this.#keep()
      await this.#changed()
    } catch (error) {
      const what = asTrouble(error)
      if (what.code !== 'cancelled') this.failure = what
      this.status = before
    }
    this.progress = undefined
  }

  async #edit(change: () => Promise<DataState>): Promise<void> {
    this.failure = undefined
    try {
      this.state = await change()
      this.#keeps = true
      this.findings.checked = []
      await this.view.refresh()
      void this.#keep()
      await this.#changed()
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  async #changed(): Promise<void> {
    await this.findings.look(this.#model.summary !== undefined)
    if (!this.#model.summary) await this.#events.onChange()
  }

  /** The defaults of a run depend on the lengths. */
  async #counted(state: DataState): Promise<void> {
    this.state = state
    await this.#events.onChange()
  }

  /** Rows that are looked at for a finding are other ones now, or there are none. */
  #checked(): void {
    const { code, search } = this.view
    if (code === undefined) return
    void this.view.find(search, this.findings.groups.some((kind) => kind.code === code) ? code : undefined)
  }

  async #keep(): Promise<void> {
    try {
      await this.#engine.service.keepData()
      this.unkept = undefined
      this.kept = true
      this.#events.onKept()
    } catch (error) {
      this.kept = false
      this.unkept = asTrouble(error)
    }
  }
}

function pastedFile(text: string): File {
  if (/^\s*[[{]/.test(text)) return new File([text], 'pasted.jsonl')
  const [header = ''] = text.trimStart().split('\n', 1)
  return new File([text], /[,;\t|]/.test(header) ? 'pasted.csv' : 'pasted.txt')
}

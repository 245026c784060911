/** The dataset that is open: read by the worker, edited row by row, looked through in the background, kept in this browser. */
import { proxy } from 'comlink'
import type { AppendRequest, DataFormat, DataState, DocumentRow, DocumentWay, NewRow, PlainTemplate, ReadProgress, SplitSettings } from '../service/types.ts'
import { DataFindings } from './data-findings.svelte.ts'
import { DataView } from './data-view.svelte.ts'
import { DroppedData } from './dropped-data.svelte.ts'
import type { Engine } from './engine.svelte.ts'
import type { Model } from './model.svelte.ts'
import { Packing } from './packing.svelte.ts'
import { ReadingQuestions, type Asked, type ReadChoices } from './reading-questions.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

/** One seed at first, so that the same file is always split the same way. */
const FIRST_SPLIT: SplitSettings = { validationFraction: 0.1, seed: 1 }

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
  readonly view: DataView
  readonly findings: DataFindings
  readonly packing: Packing
  readonly dropped = new DroppedData(this)
  readonly summary = $derived(this.state?.summary)
  readonly questions = new ReadingQuestions(this)
  #keeps = false
  /** Chosen for what is open; stays where that is read again. */
  #template: PlainTemplate | undefined
  #engine: Engine
  #model: Model
  #events: DatasetEvents

  /** `runLength`: as `DataView` asks for it. */
  constructor(engine: Engine, model: Model, runLength: () => number | undefined, events: DatasetEvents) {
    this.#engine = engine
    this.#model = model
    this.#events = events
    this.view = new DataView(engine, model, runLength)
    this.packing = new Packing(engine)
    this.findings = new DataFindings(engine, () => this.state, { onCounted: (state) => this.#counted(state), onChecked: () => this.#checked() })
  }

  /** `keeps`: whether it is kept in this browser before anything is done to it. Divided as at first, whatever was open before. */
  open(file: File, choices: ReadChoices = {}, keeps = true): Promise<void> {
    return this.#open({ file, choices, split: FIRST_SPLIT, keeps, guesses: [] })
  }

  async #open(asked: Asked, template?: PlainTemplate): Promise<void> {
    if (this.status === 'reading') return
    this.#keeps = asked.keeps
    const { file, split, choices } = asked
    await this.#take(() => this.#engine.service.readData(file, { split, ...choices }, this.#watched()), asked, template)
  }

  /**
   * Reads the file that a question is about, or else the one that is open, in another way. What was changed in its rows is not
   * carried over; how they are divided is.
   */
  async readAs(choices: ReadChoices): Promise<void> {
    const asked = this.questions.again(choices, this.summary?.splitSettings ?? FIRST_SPLIT)
    if (!asked) return
    await (asked.append ? this.#append(asked, asked.append) : this.#open(asked, this.#template))
  }

  /** The question about a file is not answered; what is open stays. */
  leaveQuestion(): void {
    this.failure = this.questions.refused = undefined
  }

  /** Pasted text is read as what it looks like: JSON, a table, or text. */
  async openText(text: string, origin?: string): Promise<void> {
    await this.open(pastedFile(text), origin === undefined ? {} : { origin })
  }

  /** A table to type in, with a first row. */
  async begin(row?: NewRow): Promise<void> {
    this.#keeps = true
    await this.#take(() => this.#engine.service.newData('My pairs', FIRST_SPLIT, row))
  }

  documentText(file: File): Promise<string> {
    return this.#engine.service.documentText(file)
  }

  documentRows(text: string, way: DocumentWay): Promise<DocumentRow[]> {
    return this.#engine.service.documentRows(text, way)
  }

  /** Adds a pair to what is open, or begins a dataset with it. */
  addPair(pair: NewRow): Promise<void> {
    return this.state ? this.addRow(pair) : this.begin(pair)
  }

  async openKept(id: string): Promise<void> {
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
    return this.#append({ file, choices: {}, split: FIRST_SPLIT, keeps: true, append: request, guesses: [] }, request)
  }

  async #append(asked: Asked, request: AppendRequest): Promise<void> {
    if (this.status !== 'ready') return
    this.progress = undefined
    this.status = 'reading'
    await this.#edit(async () => {
      try {
        return await this.#engine.service.appendData(asked.file, { ...request, ...asked.choices }, this.#watched())
      } catch (error) {
        this.questions.refused = asked
        throw error
      } finally {
        this.status = 'ready'
        this.progress = undefined
      }
    })
  }

  setSplit(change: Partial<SplitSettings>): Promise<void> {
    const split = { ...(this.summary?.splitSettings ?? FIRST_SPLIT), ...change }
    return this.#edit(() => this.#engine.service.setSplit(split))
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

  mend(code: string, what: string): Promise<void> {
    return this.#edit(() => this.#engine.service.mendData(code, what))
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
    if (this.status !== 'ready' || !this.summary) return
    this.state = await this.#engine.service.setSplit(this.summary.splitSettings)
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
    this.questions.opened = undefined
    this.leaveQuestion()
    await this.#events.onChange()
  }

  #closed(): void {
    this.state = undefined
    this.status = 'none'
    this.view.clear()
    this.packing.clear()
    this.dropped.leave()
    this.findings.clear()
  }

  #watched() {
    return proxy((progress: ReadProgress) => (this.progress = progress))
  }

  /** What was open stays until the other dataset is there. `asked`: the file that is read, where it is one; `template`: what its pairs are written with. */
  async #take(read: () => Promise<DataState>, asked?: Asked, template?: PlainTemplate): Promise<void> {
    if (this.status === 'reading') return
    const before = this.status
    this.failure = this.unkept = this.progress = undefined
    this.status = 'reading'
    try {
      let state = await read()
      if (template && state.summary.template !== 'chat-template') state = await this.#engine.service.setTemplate(template)
      this.#template = template
      this.findings.clear()
      this.state = state
      this.questions.opened = asked
      this.questions.refused = undefined
      this.kept = false
      this.status = 'ready'
      await this.view.reset()
      if (this.#keeps) void this.#keep()
      await this.#changed()
    } catch (error) {
      const what = asTrouble(error)
      if (what.code !== 'cancelled') this.failure = what
      this.questions.refused = asked
      this.status = before
    }
    this.progress = undefined
  }

  async #edit(change: () => Promise<DataState>): Promise<void> {
    this.failure = undefined
    try {
      this.state = await change()
      this.#keeps = true
      this.kept = false
      this.findings.outdate()
      await this.view.refresh()
      void this.#keep()
      await this.#changed()
    } catch (error) {
      const what = asTrouble(error)
      if (what.code !== 'cancelled') this.failure = what
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

/** Without an ending: what it is, its text tells. */
const pastedFile = (text: string): File => new File([text], 'pasted')

/** The part of the service that looks after the dataset: opened, edited, checked, kept. */
import { sha256 } from '../adapters/digest.ts'
import { checkDataset } from '../data/check/check.ts'
import { datasetFile } from '../data/edit/write.ts'
import { documentRows, type DocumentRow, type DocumentWay } from '../data/make/document.ts'
import { readDocument } from '../data/make/document-text.ts'
import { readDataset } from '../data/read/read-dataset.ts'
import type { SplitSettings } from '../data/split.ts'
import type { Dataset, Finding, PlainTemplate, PreviewToken, ReadParquet, ReadProgress } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import type { StoredDataset } from '../storage/types.ts'
import type { TrainingSettings } from '../train/types.ts'
import { DataDesk } from './data-desk.ts'
import type { OpenData } from './open-data.ts'
import type { AppendRequest, DataFormat, DataService, DataState, NewRow, PackedBatch, ReadRequest, RowView } from './data-types.ts'
import type { OpenModel } from './open-model.ts'
import { packedBatch } from './packed-batch.ts'
import type { HostPort, TuningStore } from './ports.ts'
import type { EngineKind } from './types.ts'

/** Abstract, so that the service says where models are and when data may change. */
export abstract class DataRoom implements DataService {
  protected abstract readonly store: TuningStore
  protected abstract readonly host: HostPort
  /** Reads Parquet apart, where there is such a place. */
  protected abstract readonly parquet: ReadParquet | undefined
  #desk: DataDesk | undefined
  #reading: AbortController | undefined
  #checking: AbortController | undefined

  /** The open model, if any. */
  protected abstract modelNow(): OpenModel | undefined
  /** Throws where no model is open. */
  protected abstract model(): Promise<OpenModel>
  /** Throws 'run-in-progress' where the data cannot be changed now. */
  protected abstract idle(what: string): void

  /** What is open, if anything. */
  get dataNow(): OpenData | undefined {
    return this.#desk?.data
  }

  /** Throws 'no-data'. */
  openData(): OpenData {
    return this.#opened().data
  }

  async readData(file: File, request: ReadRequest, onProgress?: (progress: ReadProgress) => void): Promise<DataState> {
    this.idle('Other data')
    const read = await signed(await this.#read(file, request, onProgress), request.origin)
    // A run may have begun meanwhile.
    this.idle('Other data')
    return this.#take(new DataDesk(read, request.split, file.name))
  }

  async cancelReading(): Promise<void> {
    this.#reading?.abort(new HomespunError('cancelled', 'Reading the file was stopped.'))
  }

  async newData(name: string, split: SplitSettings, row: NewRow = { input: '', output: '' }): Promise<DataState> {
    this.idle('Other data')
    const hash = await sha256(new TextEncoder().encode(`${name} ${this.host.newId()}`))
    const desk = new DataDesk({ name, hash, examples: [], findings: [] }, split, 'typed')
    desk.add(row)
    return this.#take(desk)
  }

  documentText(file: File): Promise<string> {
    return readDocument(file)
  }

  async documentRows(text: string, way: DocumentWay): Promise<DocumentRow[]> {
    return documentRows(text, way)
  }

  async appendData(file: File, { part, origin, ...wishes }: AppendRequest, onProgress?: (progress: ReadProgress) => void): Promise<DataState> {
    const desk = this.#editable()
    const read = await this.#read(file, wishes, onProgress)
    if (this.#editable() !== desk) throw new HomespunError('cancelled', 'Other data was opened while the rows were read.', { fix: 'Add them again.' })
    desk.append(read, origin ?? file.name, part)
    return this.#state()
  }

  async closeData(): Promise<void> {
    this.idle('Closing the data')
    this.#desk = undefined
  }

  async setTemplate(template: PlainTemplate): Promise<DataState> {
    this.idle('Another template')
    this.openData().choose(template)
    return this.#state()
  }

  async setSplit(split: SplitSettings): Promise<DataState> {
    this.#editable().divide(split)
    return this.#state()
  }

  async countTokens(onProgress: (share: number) => void): Promise<DataState | undefined> {
    const [data, model] = [this.openData(), await this.model()]
    const tokens = data.tokens(model)
    const current = () => this.#desk?.data.tokens(model) === tokens && this.modelNow() === model
    await tokens.count(onProgress, current)
    return current() ? this.#state() : undefined
  }

  async checkData(onProgress: (share: number) => void): Promise<Finding[] | undefined> {
    const desk = this.#opened()
    const { examples, data } = desk
    const model = this.modelNow()
    const lengths = model && data.tokens(model).lengths
    const contextLength = model?.loaded.contextLength
    this.#checking?.abort()
    const control = (this.#checking = new AbortController())
    const context = {
      validation: data.validation, ...(lengths && { lengths }), ...(contextLength !== undefined && { contextLength }), ...(model && { tokenizer: model.tokenizer }),
    }
    const watched = (share: number) => {
      if (this.#desk?.examples !== examples) control.abort()
      if (!control.signal.aborted) onProgress(share)
    }
    try {
      const findings = await checkDataset(examples, context, { onProgress: watched, signal: control.signal })
      if (control.signal.aborted || this.#desk?.examples !== examples) return undefined
      desk.found(findings, model)
      return findings
    } catch (error) {
      if (control.signal.aborted) return undefined
      throw error
    }
  }

  async dataRows(view: RowView) {
    return this.#opened().rows(view, this.modelNow())
  }

  async previewRow(row: number, maxLength: number): Promise<PreviewToken[]> {
    const desk = this.#opened()
    return desk.data.preview(desk.indexOf(row), maxLength, await this.model())
  }

  async packedBatch(settings: TrainingSettings, index: number, kind: EngineKind): Promise<PackedBatch> {
    return packedBatch(this.openData(), await this.model(), settings, index, kind)
  }

  editRow(row: number, field: string, text: string): Promise<DataState> {
    return this.#edit((desk) => desk.edit(row, field, text))
  }

  addRow(row: NewRow): Promise<DataState> {
    return this.#edit((desk) => desk.add(row))
  }

  deleteRows(rows: readonly number[]): Promise<DataState> {
    return this.#edit((desk) => desk.delete(rows))
  }

  mendData(code: string, what: string): Promise<DataState> {
    return this.#edit((desk) => desk.mend(code, what))
  }

  undoEdit(): Promise<DataState> {
    return this.#edit((desk) => desk.undo())
  }

  redoEdit(): Promise<DataState> {
    return this.#edit((desk) => desk.redo())
  }

  async acceptFinding(code: string, accepted: boolean): Promise<DataState> {
    this.#opened().accept(code, accepted, this.modelNow())
    return this.#state()
  }

  async exportData(format: DataFormat): Promise<{ fileName: string; file: Blob }> {
    const { dataset, split } = this.openData()
    return datasetFile(dataset.name, dataset.examples, split, format)
  }

  async keepData(): Promise<void> {
    await this.#opened().keep(this.store.datasets, this.host)
  }

  async keptDatasets(): Promise<StoredDataset[]> {
    return (await this.store.datasets.list()).entries
  }

  async openKept(id: string): Promise<DataState> {
    this.idle('Other data')
    const desk = await DataDesk.open(this.store.datasets, id)
    this.idle('Other data')
    return this.#take(desk)
  }

  async renameDataset(id: string, name: string): Promise<void> {
    const chosen = name.trim()
    if (chosen === '') throw new HomespunError('name-missing', 'A dataset needs a name.', { fix: 'Type one.' })
    await this.store.datasets.rename(id, chosen)
    this.#desk?.renamed(id, chosen)
  }

  forgetDataset(id: string): Promise<void> {
    return this.store.datasets.remove(id)
  }

  #opened(): DataDesk {
    if (this.#desk) return this.#desk
    throw new HomespunError('no-data', 'No data is open.', { fix: 'Open a file of input–output pairs first.' })
  }

  #editable(): DataDesk {
    this.idle('Changing the data')
    return this.#opened()
  }

  async #edit(change: (desk: DataDesk) => void): Promise<DataState> {
    change(this.#editable())
    return this.#state()
  }

  #take(desk: DataDesk): DataState {
    this.#desk = desk
    return this.#state()
  }

  #state(): DataState {
    return this.#opened().state(this.modelNow())
  }

  /** One file at a time: another one stops the one before. Choices by hand make other rows of the same file, under another hash. */
  async #read(file: File, { columns, encoding }: Partial<ReadRequest>, onProgress?: (progress: ReadProgress) => void): Promise<Dataset> {
    await this.cancelReading()
    const control = new AbortController()
    this.#reading = control
    const choices = { ...(columns && { columns }), ...(encoding !== undefined && { encoding }) }
    const read = await readDataset(file, file.name, {
      ...choices, ...(onProgress && { onProgress }), ...(this.parquet && { parquet: this.parquet }), signal: control.signal,
    })
    if (Object.keys(choices).length === 0) return read
    return { ...read, hash: await sha256(new TextEncoder().encode(`${read.hash} ${JSON.stringify(choices)}`)) }
  }
}

/** The rows with a word on who wrote them, where they do not say it. Kept rows are known by their hash, so it is another one. */
async function signed(read: Dataset, origin: string | undefined): Promise<Dataset> {
  if (origin === undefined) return read
  const examples = read.examples.map((example) => ({ ...example, origin: example.origin ?? origin }))
  return { ...read, examples, hash: await sha256(new TextEncoder().encode(`${read.hash} from ${origin}`)) }
}

/** The dataset that is open, with what was done to it, what is wrong with it, and what of it is looked at. */
import { isObject, type JsonObject } from '../adapters/json.ts'
import { decodeExamples } from '../data/edit/codec.ts'
import type { Edit } from '../data/edit/changes.ts'
import { columnFields, turnsBefore, withField } from '../data/edit/fields.ts'
import { EditHistory } from '../data/edit/history.ts'
import { mendRows } from '../data/check/mends.ts'
import { exampleColumns } from '../data/example.ts'
import type { SplitSettings } from '../data/split.ts'
import type { Dataset, Example, Finding, RowChange } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import type { StoredDataset } from '../storage/types.ts'
import type { DatasetStore } from '../storage/dataset-store.ts'
import { OpenData } from './open-data.ts'
import { RowFilter } from './row-filter.ts'
import type { DatasetRow, DataState, NewRow, RowView } from './data-types.ts'
import type { OpenModel } from './open-model.ts'

/** A history with more changed rows is kept as their outcome alone. */
const MOST_KEPT_CHANGES = 20_000

/** What is kept of a dataset beside its rows. */
interface Details {
  edits: Edit[]
  findings: Finding[]
  accepted: string[]
  split: SplitSettings
}

export class DataDesk {
  #data: OpenData
  #history: EditHistory
  #read: Dataset
  readonly #origin: string
  #accepted: Set<string>
  /** Of the checks, as of the rows now. */
  #findings: readonly Finding[] = []
  #filter: RowFilter
  #keptAs: string | undefined

  constructor(read: Dataset, split: SplitSettings, origin: string, kept?: { id: string; details: Details }) {
    this.#read = read
    this.#origin = origin
    this.#keptAs = kept?.id
    this.#accepted = new Set(kept?.details.accepted)
    this.#history = new EditHistory(read.examples, kept?.details.edits)
    this.#data = new OpenData(read, split).with([...this.#history.examples], this.#history.done.length > 0)
    this.#filter = new RowFilter(this.#history.examples, [])
  }

  /** Throws 'dataset-not-found' and what storage throws. */
  static async open(store: DatasetStore, id: string): Promise<DataDesk> {
    const { entry, details, rows } = await store.open(id)
    const kept = readDetails(details, entry.name)
    const read = { name: entry.name, hash: entry.hash, examples: decodeExamples(rows), findings: kept.findings }
    return new DataDesk(read, kept.split, entry.origin, { id, details: kept })
  }

  get data(): OpenData {
    return this.#data
  }

  /** Rows as they are now: other ones after each edit. */
  get examples(): readonly Example[] {
    return this.#history.examples
  }

  state(model: OpenModel | undefined): DataState {
    const { undoes, redoes, done } = this.#history
    const edits = new Set(done.flatMap(({ changes }) => changes.map(({ row }) => row))).size
    return { summary: this.#data.summary(model), undoes, redoes, edits, accepted: [...this.#accepted] }
  }

  divide(split: SplitSettings): void {
    this.#data = this.#data.dividedBy(split)
  }

  /** What the checks found in the rows as they are. */
  found(findings: readonly Finding[]): void {
    this.#findings = findings
    this.#filter = new RowFilter(this.examples, this.#allFindings())
  }

  accept(code: string, accepted: boolean): void {
    if (accepted) this.#accepted.add(code)
    else this.#accepted.delete(code)
  }

  rows({ from, count, ...view }: RowView): { total: number; rows: DatasetRow[] } {
    const indices = this.#filter.matching(view)
    const total = indices?.length ?? this.examples.length
    const shown = Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, offset) => indices?.[from + offset] ?? from + offset)
    return { total, rows: shown.map((index) => this.#row(index)) }
  }

  /** The place of a row in the dataset. Throws 'no-such-row'. */
  indexOf(row: number): number {
    const index = this.examples.findIndex((example) => example.row === row)
    if (index >= 0) return index
    throw new HomespunError('no-such-row', `There is no row ${row}.`, { fix: 'Choose one of the table.' })
  }

  edit(row: number, field: string, text: string): void {
    const before = this.#example(row)
    this.#do(`Change row ${row}`, [{ row, before, after: withField(before, field, text) }])
  }

  add({ input, output, origin }: NewRow): void {
    const row = this.#history.nextRow()
    this.#do('Add a row', [{ row, before: undefined, after: { kind: 'pair', row, input, output, ...(origin === undefined ? {} : { origin }) } }])
  }

  append(examples: readonly Example[], what: string): void {
    const first = this.#history.nextRow()
    this.#do(what, examples.map((example, index) => ({ row: first + index, before: undefined, after: { ...example, row: first + index } })))
  }

  delete(rows: readonly number[]): void {
    this.#do(rows.length === 1 ? `Delete row ${rows[0]}` : `Delete ${rows.length} rows`, rows.map((row) => ({ row, before: this.#example(row), after: undefined })))
  }

  mend(name: string, what: string): void {
    this.#do(what, mendRows(name, this.examples, this.#allFindings()))
  }

  undo(): void {
    this.#history.undo()
    this.#changed()
  }

  redo(): void {
    this.#history.redo()
    this.#changed()
  }

  /** Keeps rows and edits. Throws what storage throws. */
  async keep(store: DatasetStore, host: { newId: () => string; now: () => string }): Promise<void> {
    this.#keptAs ??= await this.#keptBefore(store) ?? host.newId()
    const changes = this.#history.done.reduce((sum, edit) => sum + edit.changes.length, 0)
    const whole = changes > MOST_KEPT_CHANGES
    const base = whole ? this.#data : new OpenData(this.#read, this.#data.splitSettings)
    const hash = await base.identity()
    await store.put(hash, () => base.rows())
    const edits = whole ? [] : [...this.#history.done]
    const entry: StoredDataset = {
      id: this.#keptAs, name: this.#read.name, hash, origin: this.#origin, savedAt: host.now(), examples: this.examples.length, edits: edits.length,
    }
    const details: Details = { edits, findings: this.#read.findings, accepted: [...this.#accepted], split: this.#data.splitSettings }
    await store.keep(entry, { ...details })
  }

  /** What is kept under this id has another name now. */
  renamed(id: string, name: string): void {
    if (id !== this.#keptAs) return
    this.#read = { ...this.#read, name }
    this.#data = this.#data.called(name)
  }

  /** The same file, kept without edits, is not kept twice. */
  async #keptBefore(store: DatasetStore): Promise<string | undefined> {
    const { entries } = await store.list()
    return entries.find(({ hash, name, edits }) => hash === this.#read.hash && name === this.#read.name && edits === 0)?.id
  }

  #do(what: string, changes: readonly RowChange[]): void {
    this.#history.do(what, changes)
    this.#changed()
  }

  /** What was found is of the rows before: the checks have to look again. */
  #changed(): void {
    this.#data = this.#data.with([...this.examples], this.#history.done.length > 0)
    this.#findings = []
    this.#filter = new RowFilter(this.examples, this.#allFindings())
  }

  #allFindings(): Finding[] {
    return [...this.#read.findings, ...this.#findings]
  }

  #example(row: number): Example {
    return this.examples[this.indexOf(row)]!
  }

  #row(index: number): DatasetRow {
    const example = this.examples[index]!
    const { row, origin } = example
    const { input: inputField, output: outputField } = columnFields(example)
    const turns = turnsBefore(example)
    return {
      row, part: this.#data.isValidation(index) ? 'validation' : 'training', ...exampleColumns(example),
      ...(inputField && { inputField }), ...(outputField && { outputField }), ...(turns.length > 0 && { turns }), ...(origin && { origin }),
    }
  }
}

/** Of what storage gave back. Throws 'storage-newer' where another version wrote it. */
function readDetails(json: JsonObject, name: string): Details {
  const { edits, findings, accepted, split } = json
  if (Array.isArray(edits) && Array.isArray(findings) && Array.isArray(accepted) && isObject(split)) return json as unknown as Details
  throw new HomespunError('storage-newer', 'This dataset was kept by another version of this page.', {
    where: name, fix: 'Reload the page. It was left untouched.',
  })
}

/** The dataset that is open, with what was done to it, what is wrong with it, and what of it is looked at. */
import { isObject, type JsonObject } from '../adapters/json.ts'
import { decodeExamples } from '../data/edit/codec.ts'
import type { Edit } from '../data/edit/changes.ts'
import { chatTurns, columnFields, withField } from '../data/edit/fields.ts'
import { EditHistory } from '../data/edit/history.ts'
import { mendRows } from '../data/check/mends.ts'
import { exampleColumns } from '../data/example.ts'
import { asideByRow, type SplitSettings } from '../data/split.ts'
import type { Dataset, DatasetPart, Example, Finding, RowChange } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import type { StoredDataset } from '../storage/types.ts'
import type { DatasetStore } from '../storage/dataset-store.ts'
import { Accepted, type AcceptedRows } from './accepted.ts'
import { OpenData } from './open-data.ts'
import { RowFilter } from './row-filter.ts'
import type { DatasetRow, DataState, NewRow, RowView } from './data-types.ts'
import { newExample } from './new-row.ts'
import type { OpenModel } from './open-model.ts'

/** A history with more changed rows is kept as their outcome alone. */
const MOST_KEPT_CHANGES = 20_000

interface KeepHost {
  newId: () => string
  now: () => string
}

/** What is kept of a dataset beside its rows. */
interface Details {
  edits: Edit[]
  findings: Finding[]
  accepted: AcceptedRows
  split: SplitSettings
}

export class DataDesk {
  #data: OpenData
  #history: EditHistory
  #read: Dataset
  readonly #origin: string
  readonly #accepted: Accepted
  /** Of the checks, as of the rows now. */
  #findings: readonly Finding[] = []
  #filter: { filter: RowFilter; counted: number } | undefined
  #keptAs: string | undefined
  /** The last time that it was kept, and one that has not begun. */
  #keeping: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined

  constructor(read: Dataset, split: SplitSettings, origin: string, kept?: { id: string; details: Details }) {
    this.#read = read
    this.#origin = origin
    this.#keptAs = kept?.id
    this.#accepted = new Accepted(kept?.details.accepted)
    this.#history = new EditHistory(read.examples, kept?.details.edits)
    this.#data = new OpenData(read, split).with([...this.examples], this.#history.done.length > 0, this.#readFindings())
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
    return { summary: this.#data.summary(model), undoes, redoes, edits, accepted: this.#accepted.rows }
  }

  divide(split: SplitSettings): void {
    this.#data = this.#data.dividedBy(split)
  }

  /** What the checks found in the rows as they are. */
  found(findings: readonly Finding[], model: OpenModel | undefined): void {
    this.#findings = findings
    this.#filter = undefined
    this.#accepted.lower(this.#findingsWith(model), model !== undefined)
  }

  accept(code: string, accepted: boolean, model: OpenModel | undefined): void {
    if (accepted) this.#accepted.add(code, this.#findingsWith(model))
    else this.#accepted.delete(code)
  }

  /** `model`: which has findings of its own, about the rows as its tokens. */
  rows({ from, count, ...view }: RowView, model: OpenModel | undefined): { total: number; rows: DatasetRow[] } {
    const filter = this.#filterWith(model)
    const indices = filter.matching(view)
    const total = indices?.length ?? this.examples.length
    const shown = Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, offset) => indices?.[from + offset] ?? from + offset)
    const found = (row: DatasetRow) => (view.code === undefined ? row : { ...row, found: filter.told(view.code, row.row) })
    return { total, rows: shown.map((index) => found(this.#row(index))) }
  }

  /** Counting tokens finds more as it goes on. */
  #filterWith(model: OpenModel | undefined): RowFilter {
    const tokens = model ? this.#data.tokens(model).findings : []
    if (this.#filter?.counted !== tokens.length) this.#filter = { filter: new RowFilter(this.examples, [...this.#allFindings(), ...tokens]), counted: tokens.length }
    return this.#filter.filter
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

  add(wished: NewRow): void {
    const row = this.#nextRow()
    this.#do('Add a row', [{ row, before: undefined, after: newExample(wished, row, this.examples) }])
  }

  /**
   * Rows of a further file, as far from one another as they are there; what was found in it comes with them. Where some are kept
   * aside (`part`), the rows are divided as they say themselves from now on.
   */
  append({ name, examples, findings }: Dataset, origin: string, part: DatasetPart | undefined): void {
    const before = this.#nextRow() - 1
    const place = (row: number) => (row > 0 ? before + row : 0)
    const rows = examples.map((example): Example => ({ ...example, row: place(example.row), origin: example.origin ?? origin, ...(part && { part }) }))
    const found = findings.map((finding): Finding => ({
      ...finding, row: place(finding.row), message: `${name}${finding.row > 0 ? `, row ${finding.row}` : ''}: ${finding.message}`,
      ...(finding.others && { others: finding.others.map(place) }),
    }))
    const now = this.#data.splitSettings
    const split = part && { before: now, after: asideByRow(now) }
    const changes = rows.map((after) => ({ row: after.row, before: undefined, after }))
    if (split) this.divide(split.after)
    this.#do(`Add ${rows.length} rows of ${name}`, changes, { ...(split && { split }), ...(found.length > 0 && { findings: found }) })
  }

  delete(rows: readonly number[]): void {
    this.#do(rows.length === 1 ? `Delete row ${rows[0]}` : `Delete ${rows.length} rows`, rows.map((row) => ({ row, before: this.#example(row), after: undefined })))
  }

  mend(code: string, what: string): void {
    this.#do(what, mendRows(code, this.examples, this.#allFindings()))
  }

  undo(): void {
    const { split } = this.#history.undo() ?? {}
    this.#divideAgain(split?.after, split?.before)
    this.#changed()
  }

  redo(): void {
    const { split } = this.#history.redo() ?? {}
    this.#divideAgain(split?.before, split?.after)
    this.#changed()
  }

  /** Keeps rows and edits, one time after another; what is asked for while a time waits is done by that one. Throws what storage throws. */
  keep(store: DatasetStore, host: KeepHost): Promise<void> {
    this.#waiting ??= this.#keeping.then(() => {
      this.#waiting = undefined
      return this.#keepNow(store, host)
    })
    this.#keeping = this.#waiting.catch(() => undefined)
    return this.#waiting
  }

  async #keepNow(store: DatasetStore, host: KeepHost): Promise<void> {
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
    const details: Details = { edits, findings: whole ? this.#readFindings() : this.#read.findings, accepted: this.#accepted.rows, split: this.#data.splitSettings }
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

  #do(what: string, changes: readonly RowChange[], more?: Pick<Edit, 'split' | 'findings'>): void {
    this.#history.do(what, changes, more)
    this.#changed()
  }

  /** Where nobody divided the rows in another way since. */
  #divideAgain(from: SplitSettings | undefined, to: SplitSettings | undefined): void {
    if (to && JSON.stringify(this.#data.splitSettings) === JSON.stringify(from)) this.divide(to)
  }

  /** What was found is of the rows before: the checks have to look again. */
  #changed(): void {
    this.#data = this.#data.with([...this.examples], this.#history.done.length > 0, this.#readFindings())
    this.#findings = []
    this.#filter = undefined
  }

  /** Of reading the file, and those whose rows were added, as far as their rows are still as they were read. */
  #readFindings(): Finding[] {
    const { done } = this.#history
    const changed = new Set(done.flatMap(({ changes }) => changes.filter(({ before }) => before !== undefined).map(({ row }) => row)))
    const found = [...this.#read.findings, ...done.flatMap(({ findings = [] }) => findings)]
    return found.filter(({ row }) => !changed.has(row)).map((finding) => (finding.severity === 'skipped' ? { ...finding, unread: true } : finding))
  }

  /** After every row there is or was, those that were left out among them. */
  #nextRow(): number {
    const found = [...this.#read.findings, ...this.#history.done.flatMap(({ findings = [] }) => findings)]
    return found.reduce((next, { row, others = [] }) => Math.max(next, row + 1, (others.at(-1) ?? 0) + 1), this.#history.nextRow())
  }

  /** With those of the model, about the rows as its tokens. */
  #findingsWith(model: OpenModel | undefined): Finding[] {
    return [...this.#allFindings(), ...(model ? this.#data.tokens(model).findings : [])]
  }

  #allFindings(): Finding[] {
    return [...this.#readFindings(), ...this.#findings]
  }

  #example(row: number): Example {
    return this.examples[this.indexOf(row)]!
  }

  #row(index: number): DatasetRow {
    const example = this.examples[index]!
    const { row, origin } = example
    const { input: inputField, output: outputField } = columnFields(example)
    const chat = chatTurns(example)
    return {
      row, part: this.#data.isValidation(index) ? 'validation' : 'training', ...exampleColumns(example),
      ...(inputField && { inputField }), ...(outputField && { outputField }), ...(chat && { chat }), ...(origin && { origin }),
    }
  }
}

/** Of what storage gave back. Throws 'storage-newer' where another version wrote it. */
function readDetails(json: JsonObject, name: string): Details {
  const { edits, findings, accepted, split } = json
  if (Array.isArray(edits) && Array.isArray(findings) && (Array.isArray(accepted) || isObject(accepted)) && isObject(split)) return json as unknown as Details
  throw new HomespunError('storage-newer', 'This dataset was kept by another version of this page.', {
    where: name, fix: 'Reload the page. It was left untouched.',
  })
}

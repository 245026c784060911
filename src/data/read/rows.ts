/** Where the rows of a file become examples, and what is wrong with them findings, whatever the file is. */
import { countFormatErrors, type FormatErrors } from '../check/openai/format.ts'
import type { ColumnChoice, ColumnQuestion, Dataset, Example, ReadOptions } from '../types.ts'
import { cellText, checkChoice, columnsError, distinctNames, doubledName, exampleFromColumns, guessColumns, isComplete, sampleOf, typeName } from './columns.ts'
import { fail, FindingLog, type Parsed } from './findings.ts'
import { checked, exampleFromRecord, isObject, isStructured } from './layouts.ts'
import { SplitNames } from './part.ts'
import { unreadOf, unreadProblem } from './unread.ts'

/** Names of keys that are remembered, and rows kept for a question about them. */
const MOST_NAMES = 200
const SAMPLE_ROWS = 5

export class Rows {
  readonly examples: Example[] = []
  readonly log = new FindingLog()
  readonly #splits = new SplitNames()
  /** Of records with messages. */
  readonly #formatErrors: FormatErrors = {}
  readonly #told: ColumnChoice | undefined
  /** Of a table, once its header is known. */
  #names: string[] | undefined
  #choice: ColumnChoice | undefined
  #beginning: Pick<ColumnQuestion, 'sample' | 'firstRow'> | undefined
  /** Keys of records, in the order they came. */
  readonly #keys = new Set<string>()
  #lastKeys = ''
  /** Those of them that nobody reads. */
  readonly #unread = new Set<string>()
  readonly #sample: unknown[] = []

  constructor({ columns }: Pick<ReadOptions, 'columns'>) {
    this.#told = columns
  }

  /** Whether the first row of a table is its header. */
  get hasHeader(): boolean {
    return this.#told?.header !== false
  }

  /** An object of JSON, or a row of Parquet. */
  record(record: unknown, row: number): void {
    if (isObject(record)) this.#remember(record)
    if (isObject(record) && 'messages' in record) countFormatErrors([record], this.#formatErrors)
    this.keep(exampleFromRecord(record, row, this.#told), row)
  }

  #remember(record: object): void {
    const keys = Object.keys(record)
    const joined = keys.join('\0')
    if (joined !== this.#lastKeys && this.#keys.size < MOST_NAMES) {
      for (const key of keys) this.#keys.add(key)
      for (const key of unreadOf(keys)) this.#unread.add(key)
    }
    this.#lastKeys = joined
    if (this.#sample.length < SAMPLE_ROWS) this.#sample.push(record)
  }

  /**
   * The names of a table's columns, and its first rows for a question; `firstRow` where that may be its header or data. Throws
   * 'columns-unknown', 'columns-twice' (with a `ColumnQuestion`), 'columns-missing'.
   */
  header(header: readonly string[], sample: readonly string[][], firstRow?: readonly string[]): void {
    const names = distinctNames(header)
    this.#names = names
    this.#beginning = { sample: sampleOf(sample), ...(firstRow && { firstRow: distinctNames(sampleOf([firstRow])[0] ?? []) }) }
    if (this.#told) {
      checkChoice(this.#told, names)
      this.#choice = this.#told
      return
    }
    if (isStructured(names)) return
    const guess = guessColumns(names)
    const question = { names, ...this.#beginning, guess }
    const doubled = doubledName(header, guess)
    if (doubled !== undefined) throw columnsError(question, 'the first line', doubled)
    if (!isComplete(guess)) throw columnsError(question, 'the first line')
    this.#choice = guess
  }

  /** A row of a table, as wide as its header or reported. */
  cells(cells: readonly unknown[], row: number): void {
    const names = this.#names ?? []
    if (cells.length === names.length) this.keep(this.#fromCells(cells, names, row), row)
    else {
      const message = `The row has ${cells.length} columns, and the header has ${names.length}.`
      this.log.skip(row, { code: 'ragged-row', message, fix: 'Put text that holds the separator or a line break in quotation marks.' })
    }
  }

  #fromCells(cells: readonly unknown[], names: readonly string[], row: number): Parsed {
    const choice = this.#choice
    if (!choice) return fromStructuredCells(cells, names, row)
    const parsed = exampleFromColumns((name) => {
      const value = cells[names.indexOf(name)]
      if (value === null || value === undefined) return ''
      return cellText(value) ?? fail('wrong-type', `"${name}" must be text, and is ${typeName(value)}.`, 'Choose another column.')
    }, choice, row)
    return 'example' in parsed ? checked({ ...parsed, example: { ...parsed.example, ...originOf(cells, names, choice) } }) : parsed
  }

  keep(parsed: Parsed, row: number): void {
    if ('problem' in parsed) return this.log.skip(row, parsed.problem)
    for (const note of parsed.notes ?? []) this.log.note(row, note)
    this.examples.push(parsed.example)
    this.#splits.add(parsed.split ?? '')
  }

  /** Says what concerns the file as a whole, once all rows are there. */
  end(): void {
    for (const { severity, problem } of this.#splits.problems()) this.log.whole(severity, problem)
    const unread = this.#names ? unreadOf(this.#names, this.#choice) : [...this.#unread]
    // A person who said what is what knows the others.
    if (unread.length > 0 && !this.#told) this.log.whole('info', unreadProblem(unread))
    const errors = Object.entries(this.#formatErrors)
    if (errors.length === 0) return
    const message = `OpenAI's own check of the format counts ${errors.map(([code, times]) => `${times.toLocaleString('en-GB')} × ${code}`).join(', ')}.`
    this.log.whole('info', { code: 'openai-format', message, fix: 'Mend them if the file is to go there too. That check knows no tools.' })
  }

  /** What was taken for what: of a table, or of records that are read by their keys. */
  columns(): Pick<Dataset, 'columns'> {
    const names = this.#names ?? [...this.#keys]
    const chosen = this.#choice ?? this.#told ?? (this.#names || isStructured(names) ? undefined : guessColumns(names))
    return chosen && names.length > 0 ? { columns: { names, ...(this.#beginning ?? { sample: this.#recordSample(names) }), chosen } } : {}
  }

  /** Throws 'columns-unknown' where records have keys, and it is these that no example could be made of. */
  askForKeys(where: string): void {
    const names = [...this.#keys]
    const codes = ['unknown-layout', 'necessary_column']
    if (names.length === 0 || this.#told || isStructured(names) || !codes.includes(this.log.firstSkipped()?.code ?? '')) return
    throw columnsError({ names, sample: this.#recordSample(names), guess: guessColumns(names) }, where)
  }

  #recordSample(names: readonly string[]): string[][] {
    return sampleOf(this.#sample.map((record) => names.map((name) => shown((record as Record<string, unknown>)[name]))))
  }
}

/** A column of this name says where each row is from, unless it is chosen for something else. */
function originOf(cells: readonly unknown[], names: readonly string[], choice: ColumnChoice): { origin?: string } {
  const name = names.find((one) => one.trim().toLowerCase() === 'origin')
  if (name === undefined || Object.values(choice).includes(name)) return {}
  const origin = (cellText(cells[names.indexOf(name)]) ?? '').trim()
  return origin === '' ? {} : { origin }
}

function shown(value: unknown): string {
  return value === undefined ? '' : (cellText(value) ?? JSON.stringify(value))
}

/** A table whose columns hold messages: lists in Parquet, JSON as text in CSV. */
function fromStructuredCells(cells: readonly unknown[], names: readonly string[], row: number): Parsed {
  const entries = names.map((name, at): [string, unknown] => [name, jsonCell(cells[at])])
  const record = Object.fromEntries(entries.filter(([, value]) => value !== null && value !== ''))
  return exampleFromRecord(record, row)
}

function jsonCell(cell: unknown): unknown {
  if (typeof cell !== 'string' || !/^\s*[[{]/.test(cell)) return cell
  try {
    const value: unknown = JSON.parse(cell)
    return value
  } catch {
    return cell
  }
}

/** Where the rows of a file become examples, and what is wrong with them findings, whatever the file is. */
import type { ColumnChoice, Dataset, Example, ReadOptions } from '../types.ts'
import { cellText, checkChoice, columnsError, distinctNames, doubledName, exampleFromColumns, guessColumns, isComplete, typeName } from './columns.ts'
import { fail, FindingLog, type Parsed } from './findings.ts'
import { checked, exampleFromRecord, isObject, isStructured } from './layouts.ts'

/** Names of keys that are remembered, and rows kept for a question about them. */
const MOST_NAMES = 200
const SAMPLE_ROWS = 5

export class Rows {
  readonly examples: Example[] = []
  readonly log = new FindingLog()
  readonly #told: ColumnChoice | undefined
  /** Of a table, once its header is known. */
  #names: string[] | undefined
  #choice: ColumnChoice | undefined
  /** Keys of records, in the order they came. */
  readonly #keys = new Set<string>()
  #lastKeys = ''
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
    this.keep(exampleFromRecord(record, row, this.#told), row)
  }

  #remember(record: object): void {
    const keys = Object.keys(record)
    const joined = keys.join('\0')
    if (joined !== this.#lastKeys && this.#keys.size < MOST_NAMES) for (const key of keys) this.#keys.add(key)
    this.#lastKeys = joined
    if (this.#sample.length < SAMPLE_ROWS) this.#sample.push(record)
  }

  /**
   * The names of a table's columns, and its first rows for a question. Throws 'columns-unknown', 'columns-twice' (with a
   * `ColumnQuestion`), 'columns-missing'.
   */
  header(header: readonly string[], sample: readonly string[][]): void {
    const names = distinctNames(header)
    this.#names = names
    if (this.#told) {
      checkChoice(this.#told, names)
      this.#choice = this.#told
      return
    }
    if (isStructured(names)) return
    const guess = guessColumns(names)
    const question = { names, sample: sample.map((cells) => [...cells]), guess }
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
    return 'example' in parsed ? checked(parsed) : parsed
  }

  keep(parsed: Parsed, row: number): void {
    if ('problem' in parsed) return this.log.skip(row, parsed.problem)
    for (const note of parsed.notes ?? []) this.log.note(row, note)
    this.examples.push(parsed.example)
  }

  /** What was taken for what: of a table, or of records that are read by their keys. */
  columns(): Pick<Dataset, 'columns'> {
    const names = this.#names ?? [...this.#keys]
    const chosen = this.#choice ?? this.#told ?? (this.#names || isStructured(names) ? undefined : guessColumns(names))
    return chosen && names.length > 0 ? { columns: { names, chosen } } : {}
  }

  /** Throws 'columns-unknown' where records have keys, and it is these that no example could be made of. */
  askForKeys(where: string): void {
    const names = [...this.#keys]
    const codes = ['unknown-layout', 'missing-key']
    if (names.length === 0 || this.#told || isStructured(names) || !codes.includes(this.log.firstSkipped()?.code ?? '')) return
    const sample = this.#sample.map((record) => names.map((name) => shown((record as Record<string, unknown>)[name])))
    throw columnsError({ names, sample, guess: guessColumns(names) }, where)
  }
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

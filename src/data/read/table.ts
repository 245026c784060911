/** CSV and TSV with a header, read by Papa Parse; what it finds wrong is reported by the line a person sees in an editor. */
import Papa from 'papaparse'
import { HomespunError } from '../../errors.ts'
import type { Example } from '../types.ts'
import { exampleFromCells, guessColumns, knownNames, type Columns } from './columns.ts'
import type { FindingLog } from './findings.ts'
import { checked } from './layouts.ts'
import { decodeWhole } from './text.ts'

const DELIMITERS: Record<string, string> = { ',': 'commas', '\t': 'tabs', ';': 'semicolons', '|': 'vertical bars' }
/** A quote that never closes is only known at the end of the file; so many readings of the file for such quotes are enough. */
const MOST_READINGS = 50

interface TableRecord {
  /** The line it begins on. */
  line: number
  lines: number
  cells: string[]
}

/** Throws 'file-empty', 'columns-unknown', 'columns-twice', 'file-too-large'. */
export function readTable(bytes: Uint8Array, fileName: string, log: FindingLog): Example[] {
  const { text, badLines } = decodeWhole(bytes)
  const delimiter = guessDelimiter(text)
  const expected = /\.(tsv|tab)$/i.test(fileName) ? '\t' : ','
  if (delimiter !== expected) {
    log.note(1, { code: 'delimiter', message: `The columns are parted by ${DELIMITERS[delimiter]}, not by ${DELIMITERS[expected]}.` })
  }
  const examples: Example[] = []
  let columns: Columns | undefined
  for (const record of records(text, delimiter, log)) {
    if (!columns) {
      columns = guessColumns(record.cells)
      continue
    }
    const example = readRecord(record, columns, badLines, log)
    if (example) examples.push(example)
  }
  if (!columns) throw new HomespunError('file-empty', 'The table is empty.', { fix: 'Write a header and a row for each example.' })
  return examples
}

function readRecord(record: TableRecord, columns: Columns, badLines: ReadonlySet<number>, log: FindingLog): Example | undefined {
  const { line, lines, cells } = record
  for (let at = line; at < line + lines; at++) {
    if (!badLines.has(at)) continue
    log.skip(line, { code: 'not-utf8', message: 'The row holds bytes that are not UTF-8.', fix: 'Save the file as UTF-8.' })
    return undefined
  }
  if (cells.length !== columns.names.length) {
    const message = `The row has ${cells.length} columns, and the header has ${columns.names.length}.`
    log.skip(line, { code: 'ragged-row', message, fix: 'Put text that holds the separator or a line break in quotation marks.' })
    return undefined
  }
  const parsed = checked(exampleFromCells(cells, columns, line))
  if ('problem' in parsed) {
    log.skip(line, parsed.problem)
    return undefined
  }
  return parsed.example
}

/** The one that gives the first line the most names that are known, then the most columns. */
function guessDelimiter(text: string): string {
  const header = text.slice(0, 10_000).trimStart().split('\n', 1)[0] ?? ''
  const score = (delimiter: string) => {
    const names = Papa.parse<string[]>(header, { delimiter, newline: '\n' }).data[0] ?? []
    return knownNames(names) * 1000 + names.length
  }
  const scores = Object.keys(DELIMITERS).map((delimiter) => ({ delimiter, score: score(delimiter) }))
  return scores.reduce((best, next) => (next.score > best.score ? next : best), { delimiter: ',', score: 0 }).delimiter
}

interface Reading {
  records: TableRecord[]
  /** The row that ended the reading: its quotation mark is wrong. */
  fault: { line: number; unterminated: boolean } | undefined
  scanned: number
}

/**
 * All records that are not blank. A wrong quotation mark would swallow the rows after it: its opening line is reported,
 * and reading goes on with the line after that.
 */
function records(text: string, delimiter: string, log: FindingLog): TableRecord[] {
  const all: TableRecord[] = []
  let base = 0
  let line = 1
  let budget = text.length * MOST_READINGS
  for (;;) {
    const reading = readUntilFault(text.slice(base), delimiter, line)
    for (const record of reading.records) all.push(record)
    if (!reading.fault) return all
    reportQuote(reading.fault, log)
    budget -= reading.scanned
    const next = skipLines(text, base, reading.fault.line + 1 - line)
    if (next >= text.length) return all
    base = next
    line = reading.fault.line + 1
    if (budget < 0) {
      log.skip(line, { code: 'too-many-quotes', message: 'Too many quotation marks are open; the rows from here on are left out.', fix: 'Mend the ones above.' })
      return all
    }
  }
}

function readUntilFault(text: string, delimiter: string, firstLine: number): Reading {
  const reading: Reading = { records: [], fault: undefined, scanned: text.length }
  let line = firstLine
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step({ data, errors, meta }, parser) {
      const wrong = errors.find((error) => error.type === 'Quotes')
      if (wrong) {
        const unterminated = errors.every((error) => error.code !== 'InvalidQuotes')
        reading.fault = { line: firstLine + newlines(text.slice(0, wrong.index ?? 0)), unterminated }
        reading.scanned = meta.cursor
        parser.abort()
        return
      }
      const lines = 1 + data.reduce((total, cell) => total + newlines(cell), 0)
      if (data.length > 1 || (data[0] ?? '').trim() !== '') reading.records.push({ line, lines, cells: data })
      line += lines
    },
  })
  return reading
}

function reportQuote({ line, unterminated }: { line: number; unterminated: boolean }, log: FindingLog): void {
  if (unterminated) {
    log.skip(line, { code: 'open-quote', message: 'A quotation mark is opened on this line and never closed.', fix: 'Close it, or write "" for a mark in the text.' })
  } else {
    log.skip(line, { code: 'text-after-quote', message: 'There is text after a closing quotation mark.', fix: 'Write "" for a mark in the text.' })
  }
}

function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** The offset `count` lines after `from`. */
function skipLines(text: string, from: number, count: number): number {
  let at = from
  for (let left = count; left > 0; left--) {
    const next = text.indexOf('\n', at)
    if (next < 0) return text.length
    at = next + 1
  }
  return at
}

/** CSV and TSV, read by Papa Parse block by block; what it finds wrong is reported by the line a person sees in an editor. */
import Papa from 'papaparse'
import { HomespunError } from '../../errors.ts'
import { knownNames } from './columns.ts'
import { countNewlines, type LineBlock } from './lines.ts'
import type { Rows } from './rows.ts'

const DELIMITERS: Record<string, string> = { ',': 'commas', '\t': 'tabs', ';': 'semicolons', '|': 'vertical bars' }
/** A row that is longer, line breaks in quotation marks included, has a quotation mark that never closes. */
const MOST_RECORD_LENGTH = 4 * 2 ** 20
/** So many characters may be read again after wrong quotation marks, in the whole file. */
const MOST_READ_AGAIN = 8 * 2 ** 20
const SAMPLE_ROWS = 5

interface TableRecord {
  /** The line it begins on. */
  line: number
  lines: number
  cells: string[]
}

/** Throws 'file-empty', and what `Rows.header` throws. */
export async function readCsv(blocks: AsyncIterable<LineBlock>, fileName: string, rows: Rows): Promise<void> {
  let reader: CsvReader | undefined
  for await (const block of blocks) {
    reader ??= startReader(block.text, fileName, rows)
    if (!reader.push(block)) break
  }
  reader?.end()
  if (!reader?.hasBegun) throw new HomespunError('file-empty', 'The table is empty.', { fix: 'Write a header and a row for each example.' })
}

function startReader(text: string, fileName: string, rows: Rows): CsvReader {
  const delimiter = guessDelimiter(text)
  const expected = /\.(tsv|tab)$/i.test(fileName) ? '\t' : ','
  // A text without a name promises nothing.
  if (delimiter !== expected && /\.\w+$/.test(fileName)) {
    rows.log.whole('info', { code: 'delimiter', message: `The columns are parted by ${DELIMITERS[delimiter]}, not by ${DELIMITERS[expected]}.` })
  }
  return new CsvReader(delimiter, rows)
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

/**
 * Whether the beginning of a text is a table: its first line is a known name, or its first rows have as many cells, at least two,
 * with a known name among the first, or without a space after most separators, as prose has it after its commas.
 */
export function looksLikeTable(head: string): boolean {
  const lines = head.replace(/\r\n?/g, '\n').trim().split('\n', 21)
  if (lines.length < 2) return false
  if (knownNames([lines[0]!]) === 1) return true
  // The last may be cut off.
  const text = lines.slice(0, Math.max(2, lines.length - 1)).join('\n')
  const { data } = Papa.parse<string[]>(text, { delimiter: guessDelimiter(text), newline: '\n' })
  const width = data[0]?.length ?? 0
  if (width < 2 || data.some((cells) => cells.length !== width)) return false
  const after = data.flatMap((cells) => cells.slice(1))
  return knownNames(data[0]!) > 0 || after.filter((cell) => cell.startsWith(' ')).length < after.length / 2
}

interface CsvReading {
  /** What was read before a fault, or in all. */
  cursor: number
  lines: number
  /** The record that ended the reading: its quotation mark, so many lines after `cursor`, is wrong. */
  fault: { linesDown: number; unterminated: boolean; scanned: number } | undefined
}

class CsvReader {
  readonly #delimiter: string
  readonly #rows: Rows
  #buffer = ''
  /** Of the buffer's first line. */
  #line = 1
  readonly #badLines = new Set<number>()
  #readAgain = 0
  #header: string[] | undefined
  /** Rows that wait for the header to be understood, which a question about it shows. */
  #waiting: TableRecord[] | undefined = []

  constructor(delimiter: string, rows: Rows) {
    this.#delimiter = delimiter
    this.#rows = rows
  }

  get hasBegun(): boolean {
    return this.#header !== undefined
  }

  /** False where nothing more can be made of the file. */
  push({ text, badLines }: LineBlock): boolean {
    for (const line of badLines) this.#badLines.add(line)
    this.#buffer += text
    return this.#read(false)
  }

  end(): void {
    this.#read(true)
    this.#settle()
  }

  /**
   * All records in the buffer that are whole. A wrong quotation mark would swallow the rows after it: its opening line is
   * reported, and reading goes on with the line after that.
   */
  #read(isLast: boolean): boolean {
    while (this.#buffer !== '') {
      const { cursor, lines, fault } = this.#readUntilFault(isLast)
      this.#drop(cursor, lines)
      const endless = this.#buffer.length > MOST_RECORD_LENGTH && !isLast
      const wrong = fault ?? (endless ? { linesDown: 0, unterminated: true, scanned: this.#buffer.length } : undefined)
      if (!wrong) break
      reportQuote(this.#line + wrong.linesDown, wrong.unterminated, this.#rows)
      const next = skipLines(this.#buffer, wrong.linesDown + 1)
      this.#drop(next, wrong.linesDown + 1)
      this.#readAgain += wrong.scanned - next
      if (this.#readAgain <= MOST_READ_AGAIN) continue
      this.#rows.log.skip(this.#line, { code: 'too-many-quotes', message: 'Too many quotation marks are open; the rows from here on are left out.', fix: 'Mend the ones above.' })
      this.#buffer = ''
      return false
    }
    return true
  }

  #drop(length: number, lines: number): void {
    this.#buffer = this.#buffer.slice(length)
    this.#line += lines
  }

  #readUntilFault(isLast: boolean): CsvReading {
    const reading: CsvReading = { cursor: 0, lines: 0, fault: undefined }
    const text = this.#buffer
    const parser = new Papa.Parser({
      delimiter: this.#delimiter,
      newline: '\n',
      step: ({ data, errors, meta }: Papa.ParseStepResult<string[][]>) => {
        const wrong = errors.find((error) => error.type === 'Quotes')
        if (wrong) {
          const linesDown = countNewlines(text.slice(reading.cursor, wrong.index ?? 0))
          reading.fault = { linesDown, unterminated: errors.every((error) => error.code !== 'InvalidQuotes'), scanned: meta.cursor - reading.cursor }
          parser.abort()
          return
        }
        const cells = data[0] ?? []
        const lines = 1 + cells.reduce((total, cell) => total + countNewlines(cell), 0)
        this.#record({ line: this.#line + reading.lines, lines, cells })
        reading.lines += lines
        reading.cursor = meta.cursor
      },
    })
    parser.parse(text, 0, !isLast)
    return reading
  }

  #record(record: TableRecord): void {
    const { cells } = record
    if (cells.length <= 1 && (cells[0] ?? '').trim() === '') return
    if (!this.#header && this.#rows.hasHeader) {
      this.#header = cells
      return
    }
    this.#header ??= cells.map(() => '')
    if (!this.#waiting) return this.#use(record)
    this.#waiting.push(record)
    if (this.#waiting.length >= SAMPLE_ROWS) this.#settle()
  }

  #settle(): void {
    const waiting = this.#waiting
    if (!waiting || !this.#header) return
    this.#waiting = undefined
    const sample = waiting.map(({ cells }) => cells)
    this.#rows.header(this.#header, sample, this.#rows.hasHeader ? this.#header : sample[0])
    for (const record of waiting) this.#use(record)
  }

  #use({ line, lines, cells }: TableRecord): void {
    for (let at = line; at < line + lines && this.#badLines.size > 0; at++) {
      if (!this.#badLines.has(at)) continue
      this.#rows.log.skip(line, { code: 'not-utf8', message: 'The row holds bytes that are not UTF-8.', fix: 'Save the file as UTF-8, or say what it is.' })
      return
    }
    this.#rows.cells(cells, line)
  }
}

function reportQuote(line: number, unterminated: boolean, { log }: Rows): void {
  if (unterminated) {
    log.skip(line, { code: 'open-quote', message: 'A quotation mark is opened on this line and never closed.', fix: 'Close it, or write "" for a mark in the text.' })
  } else {
    log.skip(line, { code: 'text-after-quote', message: 'There is text after a closing quotation mark.', fix: 'Write "" for a mark in the text.' })
  }
}

/** The offset `count` lines after the beginning. */
function skipLines(text: string, count: number): number {
  let at = 0
  for (let left = count; left > 0; left--) {
    const next = text.indexOf('\n', at)
    if (next < 0) return text.length
    at = next + 1
  }
  return at
}

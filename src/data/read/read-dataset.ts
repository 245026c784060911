/** A data file to examples: what can be used, and everything that cannot, by row. */
import { joined } from '../bytes.ts'
import { HomespunError } from '../../errors.ts'
import type { ColumnQuestion, Dataset, EncodingGuess, Example, ReadOptions } from '../types.ts'
import { readCsv } from './csv.ts'
import { asUtf8, decodeLeniently, detectEncoding, EncodingWitness } from './encoding.ts'
import { binaryFormat, textFormat } from './format.ts'
import { Intake } from './intake.ts'
import { readJsonLines, readWholeJson } from './json.ts'
import { lineBlocks, type LineBlock, type LineReports } from './lines.ts'
import { readParagraphs } from './paragraphs.ts'
import { readParquet } from './parquet.ts'
import { parquetGroups } from './parquet-groups.ts'
import { Rows } from './rows.ts'
import { readSpreadsheet } from './spreadsheet.ts'

const KINDS: Record<Example['kind'], string> = { pair: 'a pair', chat: 'a chat', text: 'a text' }

/**
 * Reads JSONL, JSON, CSV, TSV, XLSX, Parquet, plain text and Markdown; a text whose name does not tell (pasted, say) is looked
 * at. JSONL, CSV, TSV and text stream: no more than a chunk, and a line of at most 16 MB, is held. Rows that cannot be used are
 * left out and reported. What a person can choose is told: the columns, the encoding.
 *
 * Throws what the signal was aborted with; 'file-empty'; 'no-usable-row' with the first problem; 'columns-unknown' and
 * 'columns-twice' (`about` is a `ColumnQuestion`), 'columns-missing'; 'encoding-unknown', 'utf-32', and 'not-utf8' with the
 * line (`about` is an `EncodingGuess[]`); 'json-invalid', 'xlsx-invalid', 'parquet-invalid', 'format-unknown', 'file-too-large'.
 */
export async function readDataset(source: Blob | Uint8Array<ArrayBuffer>, fileName: string, options: ReadOptions = {}): Promise<Dataset> {
  const rows = new Rows(options)
  const blob = source instanceof Blob ? source : new Blob([source])
  const intake = await Intake.open(blob, options, () => rows.examples.length)
  const binary = binaryFormat(intake.head, fileName)
  if (blob.size === 0) throw empty(fileName)
  let encoding: Dataset['encoding']
  if (binary === 'xlsx') await readSpreadsheet(await intake.whole('Spreadsheets'), rows)
  else if (binary === 'parquet') await readParquet(intake, rows, options.parquet ?? parquetGroups)
  else encoding = await readText(intake, fileName, options.encoding, rows)
  const hash = await intake.hash()
  noteMixed(rows)
  rows.end()
  if (rows.examples.length === 0) throwNoRow(rows, fileName, encoding?.likely ?? [])
  if (rows.examples.some(({ rejected }) => rejected !== undefined)) {
    rows.log.whole('info', { code: 'preference-pairs', message: 'These are preference pairs: only the chosen answers are learnt. The rejected ones are kept.' })
  }
  return { name: fileName, examples: rows.examples, findings: rows.log.all(), hash, ...rows.columns(), ...(encoding && { encoding }) }
}

async function readText(intake: Intake, fileName: string, told: string | undefined, rows: Rows): Promise<Dataset['encoding']> {
  const encoding = detectEncoding(intake.head, told)
  if (told === undefined && encoding.label !== 'utf-8') {
    rows.log.whole('info', { code: 'utf-16', message: 'The file is UTF-16, and was read as that.' })
  }
  const witness = new EncodingWitness()
  const blocksOf = (bytes: AsyncIterable<Uint8Array>) => notBlank(lineBlocks(bytes, reports(rows, witness)), fileName)
  const format = textFormat(decodeLeniently(await collected(asUtf8(only(intake.head), encoding))), fileName)
  if (format === 'json') {
    const utf8 = await collected(asUtf8(only(await intake.whole('JSON arrays')), encoding))
    if (!readWholeJson(utf8, fileName, rows)) await readJsonLines(blocksOf(only(utf8)), rows)
  } else {
    const blocks = blocksOf(asUtf8(intake.chunks(), encoding))
    if (format === 'table') await readCsv(blocks, fileName, rows).catch((error: unknown) => throwRather(error, witness.guesses(), fileName))
    else await (format === 'text' ? readParagraphs : readJsonLines)(blocks, rows)
  }
  return { used: encoding.label, likely: likelyEncodings(witness, rows) }
}

function likelyEncodings(witness: EncodingWitness, rows: Rows): EncodingGuess[] {
  const likely = witness.guesses()
  const [best] = likely
  if (best) {
    const message = `Some of the file is not UTF-8. It may be ${best.encoding}, in which it reads: ${best.sample}`
    rows.log.whole('note', { code: 'encoding', message, fix: 'Say how the file is written, or save it as UTF-8.' })
  }
  return likely
}

function reports({ log }: Rows, witness: EncodingWitness): LineReports {
  return {
    tooLong(line, bytes) {
      const message = `The line has ${Math.round(bytes / 2 ** 20)} MB; 16 MB is the most.`
      log.skip(line, { code: 'line-too-long', message, fix: 'Write one example a line.' })
    },
    notUtf8: (_, bytes) => witness.add(bytes),
  }
}

/** Throws 'file-empty' where nothing but white space comes. */
async function* notBlank(blocks: AsyncIterable<LineBlock>, fileName: string): AsyncGenerator<LineBlock> {
  let isBlank = true
  for await (const block of blocks) {
    isBlank &&= block.text.trim() === ''
    yield block
  }
  if (isBlank) throw empty(fileName)
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return joined(parts)
}

function empty(fileName: string): HomespunError {
  return new HomespunError('file-empty', 'The file is empty.', { where: fileName, fix: 'Choose one with at least one example.' })
}

/** Throws what can be chosen to make it right, or why the first row was left out. */
function throwNoRow(rows: Rows, fileName: string, likely: EncodingGuess[]): never {
  rows.askForKeys(fileName)
  const first = rows.log.firstSkipped(likely.length > 0 ? 'not-utf8' : undefined)
  if (!first) {
    throw new HomespunError('no-usable-row', 'The file holds no example, only its header.', { where: fileName, fix: 'Add a row for each example.' })
  }
  const where = `${fileName}, row ${first.row}`
  const fix = first.fix ?? 'Add a row for each example.'
  if (first.code === 'not-utf8') throw notUtf8(where, likely)
  throw new HomespunError('no-usable-row', `No row of the file can be used. The first problem: ${first.message}`, { where, fix })
}

/** Throws the error, or, where columns are unclear because their names are no UTF-8, the question how they are written. */
function throwRather(error: unknown, likely: EncodingGuess[], fileName: string): never {
  const { names = [] } = (error instanceof HomespunError && (error.about as Partial<ColumnQuestion> | undefined)) || {}
  throw likely.length > 0 && names.some((name) => name.includes('\uFFFD')) ? notUtf8(`${fileName}, row 1`, likely) : error
}

function notUtf8(where: string, about: EncodingGuess[]): HomespunError {
  return new HomespunError('not-utf8', 'The file is not UTF-8.', { where, fix: 'Say how it is written, or save it as UTF-8.', about })
}

/** Rows of several layouts are all used; which one is the odd one is said once. */
function noteMixed({ examples, log }: Rows): void {
  const counts = new Map<Example['kind'], number>()
  for (const { kind } of examples) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  const odd = examples.find(({ kind }) => kind !== most?.[0])
  if (!most || !odd) return
  const message = `This row is ${KINDS[odd.kind]}, while most are ${KINDS[most[0]]}: the file mixes layouts. All are used.`
  log.note(odd.row, { code: 'mixed-layouts', message, fix: 'Use one layout if that was not meant.' })
}

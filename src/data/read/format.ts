/** What a file is: by its first bytes where they tell, else by its name, else by how its text begins. */
import { HomespunError } from '../../errors.ts'
import { looksLikeTable } from './csv.ts'
import { looksLikeLines } from './json.ts'

export type Format = 'xlsx' | 'parquet' | 'json' | 'json-lines' | 'table' | 'text'

/** A list of objects, lists or texts, or an object: "[Chorus]" and "{input}" begin words. */
const JSON_BEGINNING = /^\s*(\{\s*["}]|\[\s*[[{"])/

/** By the first bytes or the name. Throws 'xls-old', 'pdf' and their like for files that hold no data that can be read here. */
export function binaryFormat(head: Uint8Array, fileName: string): 'xlsx' | 'parquet' | undefined {
  const starts = (...bytes: number[]) => bytes.every((byte, at) => head[at] === byte)
  if (starts(0x50, 0x41, 0x52, 0x31) || /\.parquet$/i.test(fileName)) return 'parquet'
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'xlsx'
  const other = starts(0xd0, 0xcf, 0x11, 0xe0) ? 'an old Excel file (XLS)' : starts(0x25, 0x50, 0x44, 0x46) ? 'a PDF' : starts(0x1f, 0x8b) ? 'packed with gzip' : undefined
  if (other === undefined) return /\.xlsx$/i.test(fileName) ? 'xlsx' : undefined
  throw new HomespunError('format-unknown', `The file is ${other}.`, {
    where: fileName, fix: 'Use JSONL, JSON, CSV, TSV, XLSX, Parquet or plain text: open it where it was made, and save it as one of these.',
  })
}

/** `head`: the beginning of the text. */
export function textFormat(head: string, fileName: string): Exclude<Format, 'xlsx' | 'parquet'> {
  const first = head.trimStart()[0] ?? ''
  if (/\.(csv|tsv|tab)$/i.test(fileName)) return 'table'
  if (/\.(txt|text|md|markdown)$/i.test(fileName)) return 'text'
  const isJson = /\.json$/i.test(fileName)
  const isLines = /\.(jsonl|ndjson)$/i.test(fileName)
  if (!isJson && !isLines && !JSON_BEGINNING.test(head)) return looksLikeTable(head) ? 'table' : 'text'
  // Named as lines, an object is one of them; else it may go over several lines.
  if ((first === '[' || (first === '{' && !isLines)) && !looksLikeLines(head)) return 'json'
  return 'json-lines'
}

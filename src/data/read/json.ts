/** JSONL, and JSON arrays whatever their file is called. */
import { HomespunError } from '../../errors.ts'
import { decodeUtf8 } from './encoding.ts'
import type { LineBlock } from './lines.ts'
import { isObject } from './layouts.ts'
import type { Rows } from './rows.ts'

const NOT_UTF8 = { code: 'not-utf8', message: 'The line holds bytes that are not UTF-8.', fix: 'Save the file as UTF-8, or say what it is.' }

/** One object a line. */
export async function readJsonLines(blocks: AsyncIterable<LineBlock>, rows: Rows): Promise<void> {
  for await (const { text, firstLine, badLines } of blocks) {
    for (const [index, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue
      if (badLines.has(firstLine + index)) rows.log.skip(firstLine + index, NOT_UTF8)
      else readLine(line, firstLine + index, rows)
    }
  }
}

function readLine(line: string, row: number, rows: Rows): void {
  const parsed = parse(line)
  if ('value' in parsed) rows.record(parsed.value, row)
  else rows.log.skip(row, { code: 'bad-json', message: `The line is not valid JSON: ${reasonOf(parsed.cause)}.`, fix: 'Write one JSON object on the line.' })
}

/** Whether the beginning of a file that starts as an array or object is lines of JSON: the first parses by itself, and more follow. */
export function looksLikeLines(head: string): boolean {
  const lines = head.split(/\r\n?|\n/).filter((line) => line.trim() !== '')
  return lines.length > 1 && 'value' in parse(lines[0]!)
}

/**
 * A JSON array, or one object: itself an example, or with a list of them under one of its keys. `utf8` is the whole file.
 * False where it is not UTF-8, or not named .json and none of these: then its lines are to be looked at one by one.
 * Throws 'json-invalid'.
 */
export function readWholeJson(utf8: Uint8Array, fileName: string, rows: Rows): boolean {
  const text = decodeUtf8(utf8)
  if (text === undefined) return false
  const parsed = parse(text)
  if (!('value' in parsed)) {
    if (!/\.json$/i.test(fileName)) return false
    const where = `line ${faultyLine(text.replace(/\r\n?/g, '\n'))}`
    throw new HomespunError('json-invalid', `The file is not valid JSON: ${reasonOf(parsed.cause)}.`, { where, fix: 'Mend it there.', cause: parsed.cause })
  }
  const list = Array.isArray(parsed.value) ? (parsed.value as unknown[]) : listWithin(parsed.value, rows)
  if (/\.(jsonl|ndjson)$/i.test(fileName) && Array.isArray(parsed.value)) {
    rows.log.whole('info', {
      code: 'json-array',
      message: 'The file is one JSON array, though its name promises one object a line. It was read all the same; rows are its elements.',
      fix: 'Write one object a line, without brackets around and commas between them, or name it .json.',
    })
  }
  for (const [index, record] of list.entries()) rows.record(record, index + 1)
  return true
}

/** {"data": [{…}, …]}: the only key with a list of objects that is no layout of its own. */
function listWithin(value: unknown, rows: Rows): unknown[] {
  if (!isObject(value)) return [value]
  const known = ['messages', 'conversations', 'tools', 'functions', 'preferred_output', 'non_preferred_output', 'chosen', 'rejected', 'prompt', 'completion']
  const lists = Object.entries(value).filter(([key, list]) => !known.includes(key) && Array.isArray(list) && list.length > 0 && list.every(isObject))
  const [only, ...others] = lists
  if (!only || others.length > 0 || known.some((key) => key in value)) return [value]
  rows.log.whole('info', { code: 'json-list-within', message: `The examples were found in the list under "${only[0]}"; rows are its elements.` })
  return only[1] as unknown[]
}

function parse(text: string): { value: unknown } | { cause: unknown } {
  try {
    return { value: JSON.parse(text) }
  } catch (cause) {
    return { cause }
  }
}

/** V8 quotes the text it could not read; the first words are what a person needs. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return message.replace(/, (\.\.\.)?"[\s\S]*$/, '').replace(/ in JSON at position (\d+)[\s\S]*$/, ' at character $1')
}

/**
 * The line with the fault: the text up to the line before it is not wrong but unfinished, which every engine says in its
 * own words; few say where the fault is.
 */
function faultyLine(text: string): number {
  const ends = [...text.matchAll(/\n|$/g)].map((match) => match.index)
  let good = 0
  let bad = ends.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const parsed = parse(text.slice(0, ends[middle - 1]))
    if ('cause' in parsed && /\bend\b|EOF|unterminated/i.test(reasonOf(parsed.cause))) good = middle
    else bad = middle
  }
  return bad
}

/** JSONL, and JSON arrays whatever their file is called. */
import { HomespunError } from '../../errors.ts'
import type { Example } from '../types.ts'
import type { FindingLog } from './findings.ts'
import { exampleFromRecord } from './layouts.ts'
import { decodeUtf8, decodeWhole, firstCharacter, MOST_LINE_BYTES, splitLines, type Line } from './text.ts'

/** Throws 'json-invalid' where a .json file is no JSON; 'file-too-large'. */
export function readJson(bytes: Uint8Array, fileName: string, log: FindingLog): Example[] {
  const isJson = /\.json$/i.test(fileName)
  const records = firstCharacter(bytes) === '[' ? parseArray(bytes, isJson) : isJson ? parseObject(bytes) : undefined
  if (!records) return readLines(bytes, log)
  if (!isJson) {
    log.note(1, {
      code: 'json-array',
      message: 'The file is one JSON array, though its name promises one object a line. It was read all the same; rows are its elements.',
      fix: 'Write one object a line, without brackets around and commas between them, or name it .json.',
    })
  }
  return collect(records.map((record, index) => [record, index + 1]), log)
}

/** Undefined where the text is no JSON array: then its lines are looked at one by one. */
function parseArray(bytes: Uint8Array, isJson: boolean): unknown[] | undefined {
  const { text, badLines } = decodeWhole(bytes)
  const [bad] = badLines
  if (bad !== undefined && isJson) throw notUtf8(bad)
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch (cause) {
    // Lines of arrays, one a line, are for the reader of lines to report.
    if (!isJson || looksLikeLines(bytes)) return undefined
    throw new HomespunError('json-invalid', `The file is not valid JSON: ${reasonOf(cause)}.`, { where: `line ${faultyLine(text)}`, fix: 'Mend it there.', cause })
  }
}

/** A .json file may hold a single object over many lines. */
function parseObject(bytes: Uint8Array): unknown[] | undefined {
  if (looksLikeLines(bytes)) return undefined
  const { text } = decodeWhole(bytes)
  try {
    const value: unknown = JSON.parse(text)
    return [value]
  } catch {
    return undefined
  }
}

/** Whether the first line with something on it is a JSON value by itself, and not the last. */
function looksLikeLines(bytes: Uint8Array): boolean {
  let parsed = false
  for (const line of splitLines(bytes)) {
    const text = decodeUtf8(line.bytes)?.trim()
    if (text === '') continue
    if (parsed) return true
    if (text === undefined || parseLine(text) === undefined) return false
    parsed = true
  }
  return false
}

function readLines(bytes: Uint8Array, log: FindingLog): Example[] {
  const records: [record: unknown, row: number][] = []
  for (const line of splitLines(bytes)) {
    const text = lineText(line, log)
    if (text === undefined || text.trim() === '') continue
    const value = parseLine(text)
    if (value) records.push([value.value, line.number])
    else log.skip(line.number, { code: 'bad-json', message: `The line is not valid JSON: ${whyNot(text)}.`, fix: 'Write one JSON object on the line.' })
  }
  return collect(records, log)
}

function lineText(line: Line, log: FindingLog): string | undefined {
  if (line.bytes.length > MOST_LINE_BYTES) {
    const message = `The line has ${Math.round(line.bytes.length / 2 ** 20)} MB; 16 MB is the most.`
    log.skip(line.number, { code: 'line-too-long', message, fix: 'Write one example a line.' })
    return undefined
  }
  const text = decodeUtf8(line.bytes)
  if (text === undefined) {
    log.skip(line.number, { code: 'not-utf8', message: 'The line holds bytes that are not UTF-8.', fix: 'Save the file as UTF-8.' })
  }
  return text
}

function parseLine(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function whyNot(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (cause) {
    return reasonOf(cause)
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
    if (/\bend\b|EOF|unterminated/i.test(whyNot(text.slice(0, ends[middle - 1])))) good = middle
    else bad = middle
  }
  return bad
}

function collect(records: readonly (readonly [record: unknown, row: number])[], log: FindingLog): Example[] {
  const examples: Example[] = []
  for (const [record, row] of records) {
    const parsed = exampleFromRecord(record, row)
    if ('problem' in parsed) {
      log.skip(row, parsed.problem)
      continue
    }
    if (parsed.note) log.note(row, parsed.note)
    examples.push(parsed.example)
  }
  return examples
}

function notUtf8(line: number): HomespunError {
  return new HomespunError('not-utf8', 'The file holds bytes that are not UTF-8.', { where: `line ${line}`, fix: 'Save it as UTF-8.' })
}

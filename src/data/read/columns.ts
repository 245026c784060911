/** Which column of a table, or key of JSON records, is what: by the names people give them, or as a person says. */
import { HomespunError } from '../../errors.ts'
import type { ColumnChoice, ColumnQuestion, Example } from '../types.ts'
import { fail, type Parsed, type Problem } from './findings.ts'
import { partOf } from './part.ts'

const NAMES = {
  output: ['output', 'answer', 'response', 'completion', 'target', 'reply', 'solution', 'label'],
  input: ['input', 'question', 'query', 'prompt', 'instruction', 'text'],
  system: ['system', 'context', 'persona'],
  split: ['split'],
  group: ['group'],
} as const

const KNOWN: ReadonlySet<string> = new Set(Object.values(NAMES).flat())
const SAMPLE_ROWS = 5
const SAMPLE_LENGTH = 200

export function knownNames(names: readonly string[]): number {
  return names.filter((name) => KNOWN.has(plain(name))).length
}

const plain = (name: string) => name.trim().toLowerCase()

/**
 * What the names say, in any case; nothing twice. Where there is an output there may be no input yet, and the other way round:
 * `isComplete` tells.
 */
export function guessColumns(names: readonly string[]): ColumnChoice {
  const find = (candidates: readonly string[], taken?: string) => {
    const name = candidates.find((candidate) => names.some((one) => plain(one) === candidate && one !== taken))
    return names.find((one) => plain(one) === name)
  }
  const others = chosen({ system: find(NAMES.system), split: find(NAMES.split), group: find(NAMES.group) })
  const output = find(NAMES.output)
  const input = find(NAMES.input)
  if (output === undefined && input !== undefined && plain(input) === 'text') return chosen({ text: input, split: others.split, group: others.group })
  // Alpaca's "input" is there to complete an instruction.
  const instruction = input !== undefined && plain(input) === 'input' ? find(['instruction']) : undefined
  return chosen({ input, instruction, output, ...others })
}

type Loose = { [Key in keyof ColumnChoice]?: ColumnChoice[Key] | undefined }

function chosen(loose: Loose): ColumnChoice {
  return Object.fromEntries(Object.entries(loose).filter(([, name]) => name !== undefined))
}

export function isComplete({ input, instruction, output, text }: ColumnChoice): boolean {
  return text !== undefined || (output !== undefined && (input !== undefined || instruction !== undefined))
}

/** Throws 'columns-missing' where the choice names columns that are not there, or too few. */
export function checkChoice(choice: ColumnChoice, names: readonly string[]): void {
  const { header: _, ...columns } = choice
  const missing = Object.values(columns).filter((name) => !names.includes(name))
  const fix = 'Choose an input and an output, or a text.'
  if (missing.length > 0) throw new HomespunError('columns-missing', `There is no column ${quoted(missing)}: there are ${quoted(names)}.`, { fix })
  if (!isComplete(choice)) throw new HomespunError('columns-missing', 'It is not said which column is input and which output.', { fix })
}

/** Names as a person can choose among them: none empty, none twice. */
export function distinctNames(header: readonly string[]): string[] {
  const names = new Set<string>()
  const counts = new Map<string, number>()
  for (const [at, cell] of header.entries()) {
    const name = cell.trim() || `column ${at + 1}`
    let count = counts.get(name) ?? 1
    let distinct = count === 1 ? name : `${name} (${count})`
    while (names.has(distinct)) distinct = `${name} (${++count})`
    counts.set(name, count + 1)
    names.add(distinct)
  }
  return [...names]
}

/** Names that count and stand in the header twice: which one is meant must be asked. */
export function doubledName(header: readonly string[], guess: ColumnChoice): string | undefined {
  const { header: _, ...columns } = guess
  return Object.values(columns).find((name) => header.filter((cell) => plain(cell) === plain(name)).length > 1)
}

/** The first rows, as much of them as a question shows. */
export function sampleOf(rows: readonly (readonly string[])[]): string[][] {
  return rows.slice(0, SAMPLE_ROWS).map((cells) => cells.map((cell) => cell.slice(0, SAMPLE_LENGTH)))
}

/** 'columns-unknown', or with the name that occurs twice 'columns-twice'; a `ColumnQuestion` tells what can be chosen. */
export function columnsError(question: ColumnQuestion, where: string, doubled?: string): HomespunError {
  const fix = 'Say which column is which, or name them "input" and "output", or "text" where there is only text.'
  if (doubled !== undefined) return new HomespunError('columns-twice', `Two columns are called "${doubled}".`, { where, fix, about: question })
  const what = `The columns are ${quoted(question.names)}, and which is input and which output is not clear.`
  return new HomespunError('columns-unknown', what, { where, fix, about: question })
}

function quoted(names: readonly string[]): string {
  return names.slice(0, 12).map((name) => `"${name.slice(0, 40)}"`).join(', ')
}

/** What a cell or field holds, by the column's name: text, or the problem with it. */
export type CellOf = (name: string) => string | { problem: Problem }

/** One example of the columns chosen. */
export function exampleFromColumns(cellOf: CellOf, choice: ColumnChoice, row: number): Parsed {
  const texts: Partial<Record<keyof ColumnChoice, string>> = {}
  for (const key of ['input', 'instruction', 'output', 'text', 'system', 'split', 'group'] as const) {
    const name = choice[key]
    if (name === undefined) continue
    const cell = cellOf(name)
    if (typeof cell !== 'string') return cell
    texts[key] = cell
  }
  const { group = '', split } = texts
  return { example: { ...readTexts(texts, row), ...partOf(split), ...(group === '' ? {} : { group }) }, ...(split !== undefined && { split }) }
}

function readTexts({ input = '', instruction = '', output = '', text, system = '' }: Partial<Record<keyof ColumnChoice, string>>, row: number): Example {
  if (text !== undefined) return { kind: 'text', row, text }
  return pairOrChat(system, instruction === '' ? input : joinInstruction(instruction, input), output, row)
}

/** A pair, or with a system message a chat. */
export function pairOrChat(system: string, input: string, output: string, row: number): Example {
  if (system === '') return { kind: 'pair', row, input, output }
  const messages = [{ role: 'system', content: system }, { role: 'user', content: input }, { role: 'assistant', content: output }] as const
  return { kind: 'chat', row, messages: messages.map((message) => ({ ...message })) }
}

export function joinInstruction(instruction: string, input: string): string {
  return input === '' ? instruction : `${instruction}\n${input}`
}

/** What a number, a date or a truth value is as text; undefined where a value is no text at all. */
export function cellText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'number':
      // 0.1 + 0.2 is stored as 0.30000000000000004, which no spreadsheet shows.
      return String(Number(value.toPrecision(15)))
    default:
      return value instanceof Date && !Number.isNaN(value.getTime()) ? dateText(value) : undefined
  }
}

/** Day, and time where it is not midnight. */
function dateText(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T')
  return time === '00:00:00.000Z' ? day : `${day} ${time.replace(/(\.0+)?Z$/, '')}`
}

export function noText(key: string, value: unknown): { problem: Problem } {
  return fail('wrong-type', `"${key}" must be text, and is ${typeName(value)}.`, 'Write it in quotation marks.')
}

export function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`
}

/** Which column of a table is what, by the names people give them. */
import { HomespunError } from '../../errors.ts'
import type { Example } from '../types.ts'
import { joinInstruction } from './layouts.ts'
import { PART_COLUMN, partOf } from './part.ts'

const OUTPUT = ['output', 'answer', 'response', 'completion', 'target', 'reply', 'solution', 'label']
const INPUT = ['input', 'question', 'query', 'prompt', 'instruction', 'text']
const SYSTEM = ['system', 'context', 'persona']

/** The places of the columns that count; `input` is missing where there is only text. */
export interface Columns {
  names: string[]
  output: number
  input: number | undefined
  instruction: number | undefined
  system: number | undefined
  /** Of the file's own split. */
  part: number | undefined
}

export function knownNames(names: readonly string[]): number {
  const known = new Set([...OUTPUT, ...INPUT, ...SYSTEM])
  return normalise(names).filter((name) => known.has(name)).length
}

/** Throws 'columns-unknown' and 'columns-twice', naming the columns there are. */
export function guessColumns(header: readonly string[]): Columns {
  const names = normalise(header)
  const find = (candidates: readonly string[]) => {
    const name = candidates.find((candidate) => names.includes(candidate))
    if (name === undefined) return undefined
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      throw new HomespunError('columns-twice', `Two columns are called "${name}".`, { where: 'the first line', fix: 'Rename one of them.' })
    }
    return names.indexOf(name)
  }
  const output = find(OUTPUT)
  const input = find(INPUT)
  if (output !== undefined && input !== undefined) {
    // Alpaca's "input" is there to complete an instruction.
    const instruction = names[input] === 'input' ? find(['instruction']) : undefined
    return { names, output, input, instruction, system: find(SYSTEM), part: find([PART_COLUMN]) }
  }
  const text = find(['text'])
  if (output === undefined && text !== undefined) return { names, output: text, input: undefined, instruction: undefined, system: undefined, part: find([PART_COLUMN]) }
  const listed = header.map((name) => `"${name.trim().slice(0, 40)}"`).slice(0, 12).join(', ')
  throw new HomespunError('columns-unknown', `The table's columns are ${listed}, and which is input and which output is not clear.`, {
    where: 'the first line', fix: 'Name them "input" and "output" in the first line, or "text" where there is only text.',
  })
}

export function exampleFromCells(cells: readonly string[], columns: Columns, row: number): Example {
  const cell = (at: number | undefined) => (at === undefined ? '' : (cells[at] ?? ''))
  return { ...readCells(cell, columns, row), ...partOf(cell(columns.part)) }
}

function readCells(cell: (at: number | undefined) => string, columns: Columns, row: number): Example {
  const output = cell(columns.output)
  if (columns.input === undefined) return { kind: 'text', row, text: output }
  const instruction = cell(columns.instruction)
  const input = instruction === '' ? cell(columns.input) : joinInstruction(instruction, cell(columns.input))
  const system = cell(columns.system)
  if (system === '') return { kind: 'pair', row, input, output }
  return {
    kind: 'chat',
    row,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: input },
      { role: 'assistant', content: output },
    ],
  }
}

function normalise(names: readonly string[]): string[] {
  return names.map((name) => name.trim().toLowerCase())
}

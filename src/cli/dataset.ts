/** A data file opened for a command; its problems are told by row. */
import { basename } from 'node:path'
import { OpenData, type SplitSettings } from '../service/open-data.ts'
import type { OpenModel } from '../service/open-model.ts'
import type { ColumnChoice } from '../data/types.ts'
import type { ReadWishes } from '../service/data-types.ts'
import { usageError, type Arguments, type OptionSpec } from './arguments.ts'
import { readBytes } from './folders.ts'
import type { Output } from './output.ts'

/** Problems that are told one by one; the rest is counted. */
const MOST_TOLD = 10

/** Nothing set aside. */
export const UNSPLIT: SplitSettings = { validationFraction: 0, seed: 1 }

/** Throws 'file-unreadable' and what `OpenData.read` throws. */
export async function openDataFile(path: string, split: SplitSettings, wishes: ReadWishes = {}): Promise<OpenData> {
  return OpenData.read(await readBytes(path), basename(path), split, wishes)
}

/** For what a file does not say itself. */
export const READ_OPTIONS: readonly OptionSpec[] = [
  { name: 'columns', value: 'LIST', help: 'which column or key is what: input=question,output=answer; also instruction, text, system, split, group' },
  { name: 'encoding', value: 'NAME', help: 'how a text file is written: windows-1252, shift_jis, … (default: UTF-8 or UTF-16, as found)' },
]
const COLUMNS = ['input', 'instruction', 'output', 'text', 'system', 'split', 'group'] as const

/** What was given of `READ_OPTIONS`. */
export interface ReadTexts {
  columns?: string
  encoding?: string
}

export function readTexts(args: Arguments): ReadTexts {
  const [columns, encoding] = [args.text('columns'), args.text('encoding')]
  return { ...(columns !== undefined && { columns }), ...(encoding !== undefined && { encoding }) }
}

/** Throws 'usage'. */
export function readWishes({ columns, encoding }: ReadTexts): ReadWishes {
  return { ...(columns !== undefined && { columns: columnChoice(columns) }), ...(encoding !== undefined && { encoding }) }
}

function columnChoice(list: string): ColumnChoice {
  const choice: ColumnChoice = {}
  for (const part of list.split(',')) {
    const [, said = '', name = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(part) ?? []
    const column = COLUMNS.find((one) => one === said)
    if (!column || name === '') throw usageError(`--columns cannot have "${part.trim()}".`, `Write input=question,output=answer; there are ${COLUMNS.join(', ')}.`)
    choice[column] = name
  }
  return choice
}

/** Every problem of the file and of its examples with this model. */
export function tellFindings(data: OpenData, model: OpenModel, output: Output): void {
  data.tokens(model).countAll()
  const { name, findings } = data.summary(model)
  for (const { row, message, fix, severity } of findings.slice(0, MOST_TOLD)) {
    const left = severity === 'skipped' && row > 0 ? ' The row is left out.' : ''
    output.note(`${name}${row > 0 ? `, row ${row}` : ''}: ${message}${left}${fix ? ` ${fix}` : ''}`)
  }
  if (findings.length > MOST_TOLD) output.note(`${name}: ${findings.length - MOST_TOLD} more findings; "npm run check-data" tells them all.`)
  for (const finding of findings) output.result({ kind: 'finding', file: name, ...finding })
}

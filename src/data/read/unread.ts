/** Columns and keys of a file that nobody reads. */
import type { ColumnChoice } from '../types.ts'
import { guessColumns, isComplete } from './columns.ts'
import type { Problem } from './findings.ts'
import { isStructured } from './layouts.ts'

/** What layouts of more than columns of text read (layouts.ts). */
const OF_LAYOUTS = [
  'messages', 'conversations', 'tools', 'functions', 'prompt', 'completion', 'instruction', 'input', 'output', 'system', 'history',
  'chosen', 'rejected', 'question', 'query', 'preferred_output', 'non_preferred_output', 'split', 'group',
]
/** Read wherever they stand, or by nobody and never missed. */
const NEVER_TOLD = ['origin', 'rejected', 'tools', 'functions', 'id', 'source', 'score', 'parallel_tool_calls']
const MOST_TOLD = 8

/** Names of the columns of a table, or of the keys of a record, that are not read; none where none of it can be read. */
export function unreadOf(names: readonly string[], choice?: ColumnChoice): string[] {
  const chosen = choice ?? guessColumns(names)
  const structured = isStructured(names)
  if (!structured && !isComplete(chosen)) return []
  const { header: _, ...columns } = chosen
  const read = new Set<string>([...(structured ? OF_LAYOUTS : Object.values(columns)), ...NEVER_TOLD].map(plain))
  return names.filter((name) => !read.has(plain(name)))
}

/** 'additional_column', as OpenAI's older CLI calls it. */
export function unreadProblem(unread: readonly string[]): Problem {
  const listed = unread.slice(0, MOST_TOLD).map((name) => `"${name.slice(0, 40)}"`).join(', ')
  const message = `${unread.length === 1 ? 'One column or key is' : 'Columns or keys are'} not read: ${listed}${unread.length > MOST_TOLD ? ' and others' : ''}.`
  return { code: 'additional_column', message, fix: 'Say what it is for, if it belongs to the examples.' }
}

const plain = (name: string) => name.trim().toLowerCase()

/** An example as what is read and what is learnt. */
import { exampleColumns, messageText } from '../example.ts'
import type { Example } from '../types.ts'
import type { CheckData } from './data.ts'

/** The answers that are learnt. */
export function answersOf(example: Example): readonly string[] {
  switch (example.kind) {
    case 'pair':
      return [example.output]
    case 'text':
      return [example.text]
    case 'chat':
      return example.messages.filter(({ role, weight }) => role === 'assistant' && weight !== 0).map(messageText)
  }
}

export interface Columns {
  input: string
  output: string
}

/** What the table shows, without the space around it. */
export function trimmedColumns(example: Example): Columns {
  const { input, output } = exampleColumns(example)
  return { input: input.trim(), output: output.trim() }
}

export type ColumnName = keyof Columns

/** What the person calls a column: a text alone has no input. */
export function columnNoun(column: ColumnName, { examples }: CheckData): string {
  if (column === 'input') return 'inputs'
  return examples.every(({ kind }) => kind === 'text') ? 'texts' : 'outputs'
}

/** Examples with their texts changed. */
import type { Example, RowChange } from '../../types.ts'

export type ChangeText = (text: string) => string

export function withTexts(example: Example, change: ChangeText): Example {
  const rejected = example.rejected === undefined ? {} : { rejected: change(example.rejected) }
  switch (example.kind) {
    case 'pair':
      return { ...example, ...rejected, input: change(example.input), output: change(example.output) }
    case 'text':
      return { ...example, ...rejected, text: change(example.text) }
    case 'chat':
      return { ...example, ...rejected, messages: example.messages.map((message) => ({ ...message, content: change(message.content) })) }
  }
}

/** The change of a row, if it is one. */
export function rowChange(before: Example, after: Example): RowChange[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ row: before.row, before, after }]
}

/** A mend that changes the texts of rows, each for itself. */
export function changeTexts(change: ChangeText): (examples: readonly Example[], rows: ReadonlySet<number>) => RowChange[] {
  return (examples, rows) => examples.flatMap((example) => (rows.has(example.row) ? rowChange(example, withTexts(example, change)) : []))
}

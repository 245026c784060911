/** Takes out what a column begins with in every row. */
import { commonPrefix, wholeBeginning } from '../affixes.ts'
import type { ColumnName } from '../columns.ts'
import type { Example, RowChange } from '../../types.ts'
import { rowChange } from './texts.ts'

export function dropPrefix(column: ColumnName): (examples: readonly Example[]) => RowChange[] {
  return (examples) => {
    const finder = commonPrefix(examples, column)
    let found = finder.next()
    while (!found.done) found = finder.next()
    const { length } = wholeBeginning(found.value)
    return length === 0 ? [] : examples.flatMap((example) => rowChange(example, shortened(example, column, length)))
  }
}

/** A chat's last answer is its output; what stands before is no one text and stays. */
function shortened(example: Example, column: ColumnName, length: number): Example {
  if (example.kind === 'pair') return { ...example, [column]: example[column].slice(length) }
  if (column === 'input') return example
  if (example.kind === 'text') return { ...example, text: example.text.slice(length) }
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant')
  const messages = example.messages.map((message, at) => (at === last ? { ...message, content: message.content.slice(length) } : message))
  return { ...example, messages }
}

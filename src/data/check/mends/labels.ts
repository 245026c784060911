/** Writes outputs that are a slip of a frequent one as that one is written. */
import type { Example, Finding, RowChange } from '../../types.ts'
import { trimmedColumns } from '../columns.ts'
import { rowChange } from './texts.ts'

/** The finding names a row that has it right. */
export function unifyLabels(examples: readonly Example[], findings: readonly Finding[]): RowChange[] {
  const byRow = new Map(examples.map((example) => [example.row, example]))
  return findings.flatMap(({ row, others: [right = 0] = [], mend }) => {
    const [example, model] = [byRow.get(row), byRow.get(right)]
    return mend === 'unify-labels' && example && model ? rowChange(example, withOutput(example, trimmedColumns(model).output)) : []
  })
}

function withOutput(example: Example, output: string): Example {
  if (example.kind === 'pair') return { ...example, output }
  if (example.kind === 'text') return { ...example, text: output }
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant')
  return { ...example, messages: example.messages.map((message, at) => (at === last ? { ...message, content: output } : message)) }
}

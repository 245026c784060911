/** Rows whose answer is still to be written: kept and shown, never learnt from, and asked of nobody. */
import type { Example, Message } from './types.ts'

/** A text that is empty is one too. */
export function isUnanswered(example: Example): boolean {
  switch (example.kind) {
    case 'pair':
      return example.output === ''
    case 'text':
      return example.text === ''
    case 'chat':
      return example.messages.every((message) => message.role !== 'assistant' || message.weight === 0 || saysNothing(message))
  }
}

/** A message may call a tool in place of saying something. */
export function saysNothing({ content, tool_calls: calls = [] }: Message): boolean {
  return content === '' && calls.length === 0
}

/** Told by whoever meets such a row, in the same words. */
export const UNANSWERED = {
  code: 'empty_completion', severity: 'skipped', message: 'The answer is empty: the row is not learnt from until it has one.',
  fix: 'Write the answer, or delete the row.', mend: 'delete-empty',
} as const

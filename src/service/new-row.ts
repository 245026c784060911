/** A row that a person adds: of the layout that the rows beside it have. */
import { datasetLayout } from '../data/example.ts'
import type { Example, Message } from '../data/types.ts'
import type { NewRow } from './data-types.ts'

/** A conversation where something was said before, or where all others are; a text where all are and there is no input; else a pair. */
export function newExample({ input, output, before = [], origin }: NewRow, row: number, others: readonly Example[]): Example {
  const from = origin === undefined ? {} : { origin }
  const layout = datasetLayout(others)
  if (layout === 'text' && input === '' && before.length === 0) return { kind: 'text', row, text: output, ...from }
  if (layout !== 'chat' && before.length === 0) return { kind: 'pair', row, input, output, ...from }
  // Nobody said whether the answers before it were good: they are read, not learnt.
  const turns = before.map((turn): Message => (turn.role === 'assistant' ? { ...turn, weight: 0 } : turn))
  const said = before.length > 0 ? turns : sharedSystemMessage(others)
  return { kind: 'chat', row, messages: [...said, { role: 'user', content: input }, { role: 'assistant', content: output }], ...from }
}

/** The one with which every conversation begins, if there is one. */
function sharedSystemMessage(examples: readonly Example[]): Message[] {
  const begins = examples.map((example) => (example.kind === 'chat' ? example.messages[0] : undefined))
  const [first] = begins
  if (first?.role !== 'system') return []
  return begins.every((message) => message?.role === 'system' && message.content === first.content) ? [{ role: 'system', content: first.content }] : []
}

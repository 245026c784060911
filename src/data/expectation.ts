/** What a model is to say to an example, and how it is asked. */
import { messageText } from './example.ts'
import type { Example, JsonObject, Message } from './types.ts'
import { isUnanswered, saysNothing } from './unanswered.ts'

export interface Expectation {
  messages: readonly Message[]
  tools?: JsonObject[]
  answer: string
}

/** The messages to be answered, and the answer that is expected; none for a text, and where the answer is still to be written. */
export function expectation(example: Example): Expectation | undefined {
  if (example.kind === 'text' || isUnanswered(example)) return undefined
  if (example.kind === 'pair') return { messages: [{ role: 'user', content: example.input }], answer: example.output }
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant')
  if (last < 1 || saysNothing(example.messages[last]!)) return undefined
  const { messages, tools } = example
  return { messages: messages.slice(0, last), answer: messageText(messages[last]!), ...(tools && { tools }) }
}

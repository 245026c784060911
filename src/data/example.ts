/** Examples of every layout seen in one way: as messages, and as the two columns of the table. */
import type { Example, JsonObject, Message } from './types.ts'

/** A pair is a question and its answer; a text is one answer to nothing. */
export function exampleMessages(example: Example): readonly Message[] {
  switch (example.kind) {
    case 'pair':
      return [
        { role: 'user', content: example.input },
        { role: 'assistant', content: example.output },
      ]
    case 'chat':
      return example.messages
    case 'text':
      return [{ role: 'assistant', content: example.text }]
  }
}

/** The example with each of its texts changed, the answer that was not chosen among them. */
export function withTexts(example: Example, change: (text: string) => string): Example {
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

/** The tools that a conversation names. */
export const exampleTools = (example: Example): JsonObject[] | undefined => (example.kind === 'chat' ? example.tools : undefined)

/** What a message says where no chat template writes it: its text, then each call of a tool as JSON on a line. */
export function messageText({ content, tool_calls: calls = [] }: Pick<Message, 'content' | 'tool_calls'>): string {
  const called = calls.map((call) => JSON.stringify(call.function))
  return [...(content === '' && called.length > 0 ? [] : [content]), ...called].join('\n')
}

/** What the table shows: for a chat the turns before its last answer, and that answer; for a text nothing, and the text. */
export function exampleColumns(example: Example): { input: string; output: string } {
  if (example.kind === 'pair') return { input: example.input, output: example.output }
  if (example.kind === 'text') return { input: '', output: example.text }
  const last = example.messages.findLastIndex((message) => message.role === 'assistant')
  const before = example.messages.slice(0, last)
  return {
    input: before.map((message) => `${message.role}: ${messageText(message)}`).join('\n'),
    output: last < 0 ? '' : messageText(example.messages[last]!),
  }
}

/** One word for the layout of a dataset. */
export function datasetLayout(examples: readonly Example[]): 'pairs' | 'chat' | 'text' | 'mixed' {
  const kinds = new Set(examples.map((example) => example.kind))
  const [first] = kinds
  if (kinds.size === 0) return 'pairs'
  if (kinds.size !== 1 || first === undefined) return 'mixed'
  return first === 'pair' ? 'pairs' : first
}

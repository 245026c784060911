/** The texts of an example that a person can change, each under a name. */
import { HomespunError } from '../../errors.ts'
import type { Example, Role } from '../types.ts'

export interface ExampleField {
  /** "input", "output", "text", or "message 1", "message 2", … of a chat. */
  name: string
  text: string
  /** Of a chat's message. */
  role?: Role
}

export function exampleFields(example: Example): ExampleField[] {
  switch (example.kind) {
    case 'pair':
      return [{ name: 'input', text: example.input }, { name: 'output', text: example.output }]
    case 'text':
      return [{ name: 'text', text: example.text }]
    case 'chat':
      return example.messages.map(({ role, content }, index) => ({ name: `message ${index + 1}`, text: content, role }))
  }
}

/** The example with another text in one field. Throws 'no-such-field'. */
export function withField(example: Example, name: string, text: string): Example {
  if (example.kind === 'pair' && (name === 'input' || name === 'output')) return { ...example, [name]: text }
  if (example.kind === 'text' && name === 'text') return { ...example, text }
  if (example.kind === 'chat') {
    const at = exampleFields(example).findIndex((field) => field.name === name)
    if (at >= 0) return { ...example, messages: example.messages.map((message, index) => (index === at ? { ...message, content: text } : message)) }
  }
  throw new HomespunError('no-such-field', `This row has no ${name}.`, { where: `row ${example.row}`, fix: 'Choose one that it has.' })
}

/** Every text of an example that a search looks through. */
export function exampleTexts(example: Example): string[] {
  return exampleFields(example).map(({ text }) => text)
}

/** A chat's messages before its last answer, to be changed one by one; none where it is no chat, or where one of them calls a tool. */
export function turnsBefore(example: Example): ExampleField[] {
  if (example.kind !== 'chat') return []
  const before = example.messages.findLastIndex(({ role }) => role === 'assistant')
  const calls = example.messages.slice(0, before).some((message) => message.tool_calls !== undefined)
  return before < 1 || calls ? [] : exampleFields(example).slice(0, before)
}

/** The fields that the table's two columns show, where a column shows one of them and nothing else: not several turns, no call of a tool. */
export function columnFields(example: Example): { input?: string; output?: string } {
  if (example.kind === 'pair') return { input: 'input', output: 'output' }
  if (example.kind === 'text') return { output: 'text' }
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant')
  const calls = example.messages[last]?.tool_calls !== undefined
  return last >= 0 && !calls ? { output: `message ${last + 1}` } : {}
}

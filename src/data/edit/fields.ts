/** The texts of an example that a person can change, each under a name. */
import { HomespunError } from '../../errors.ts'
import { messageText } from '../example.ts'
import type { Example, JsonObject, Role } from '../types.ts'

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

/** Every text of an example that a search looks through, calls of tools as the table shows them. */
export function exampleTexts(example: Example): string[] {
  return example.kind === 'chat' ? example.messages.map(messageText) : exampleFields(example).map(({ text }) => text)
}

/** A message of a chat as the table shows it: its text, to be changed, and what else it holds. */
export interface ChatTurn extends ExampleField {
  role: Role
  /** Its calls of tools, each as JSON. */
  calls: string[]
  /** An answer with weight 0: it is read, and not learnt. */
  unlearnt: boolean
}

/** A chat in whole: what comes before its last answer, that answer, and what comes after it, which is left out of training. */
export interface ChatTurns {
  before: ChatTurn[]
  answer: ChatTurn | undefined
  after: ChatTurn[]
  /** Names of the tools that it offers. */
  tools: string[]
}

/** Undefined where it is no chat. */
export function chatTurns(example: Example): ChatTurns | undefined {
  if (example.kind !== 'chat') return undefined
  const fields = exampleFields(example)
  const turns = example.messages.map(({ role, weight, tool_calls: calls = [] }, index): ChatTurn => ({
    ...fields[index]!, role, calls: calls.map((call) => JSON.stringify(call.function)), unlearnt: role === 'assistant' && weight === 0,
  }))
  const last = turns.findLastIndex(({ role }) => role === 'assistant')
  return { before: turns.slice(0, Math.max(0, last)), answer: turns[last], after: turns.slice(last + 1), tools: (example.tools ?? []).map(toolName) }
}

/** OpenAI's form has the name one level down, in "function". */
function toolName(tool: JsonObject): string {
  const inner = tool['function']
  const name = tool['name'] ?? (typeof inner === 'object' && inner !== null && 'name' in inner ? inner.name : undefined)
  return typeof name === 'string' ? name : 'a tool without a name'
}

/** The fields that the table's two columns show, where a column shows one of them and nothing else: not several turns, no call of a tool. */
export function columnFields(example: Example): { input?: string; output?: string } {
  if (example.kind === 'pair') return { input: 'input', output: 'output' }
  if (example.kind === 'text') return { output: 'text' }
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant')
  const calls = example.messages[last]?.tool_calls !== undefined
  return last >= 0 && !calls ? { output: `message ${last + 1}` } : {}
}

/** What calls of tools say: it is learnt as answers are, so it is looked at, and mended, as they are. */
import type { Example, Message } from './types.ts'

type ChangeText = (text: string) => string

/** What lies deeper is left as it is. */
const DEEPEST = 64

/** Every text and number among the arguments of an example's calls, each after its name: "to: ada@byron.name". */
export function callTexts(example: Example): string[] {
  const texts: string[] = []
  withCallTexts(example, (text) => {
    texts.push(text)
    return text
  })
  return texts
}

/** The example with each of these texts changed, the name before it apart. A number that is changed becomes a text. */
export function withCallTexts(example: Example, change: ChangeText): Example {
  if (example.kind !== 'chat' || example.messages.every(({ tool_calls: calls }) => calls === undefined)) return example
  return { ...example, messages: example.messages.map((message) => withCalls(message, change)) }
}

function withCalls(message: Message, change: ChangeText): Message {
  if (message.tool_calls === undefined) return message
  const calls = message.tool_calls.map((call) => ({ ...call, function: { ...call.function, arguments: changed(call.function.arguments, '', change, 0) } }))
  return { ...message, tool_calls: calls }
}

function changed(value: unknown, name: string, change: ChangeText, depth: number): unknown {
  if (typeof value === 'string') return changedText(value, name, change)
  if (typeof value === 'number') {
    const text = changedText(String(value), name, change)
    return text === String(value) ? value : text
  }
  if (typeof value !== 'object' || value === null || depth === DEEPEST) return value
  if (Array.isArray(value)) return value.map((item) => changed(item, name, change, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, changed(item, key, change, depth + 1)]))
}

/** A name tells what stands after it: "password: …". */
function changedText(value: string, name: string, change: ChangeText): string {
  if (name === '') return change(value)
  const before = `${name}: `
  const text = change(before + value)
  return text.startsWith(before) ? text.slice(before.length) : change(value)
}

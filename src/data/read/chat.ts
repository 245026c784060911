/** Conversations in OpenAI's form. Problems carry the names of OpenAI's own checks where there are such. */
import type { JsonObject, Message, Role, ToolCall } from '../types.ts'
import { noText, typeName } from './columns.ts'
import { fail, type Parsed, type Problem } from './findings.ts'

const ROLES: readonly Role[] = ['system', 'user', 'assistant', 'tool', 'function']
/** OpenAI's later name of a role. */
const SYSTEM_TOO = 'developer'
const MESSAGE_KEYS: ReadonlySet<string> = new Set(['role', 'content', 'name', 'weight', 'function_call', 'tool_calls', 'tool_call_id', 'refusal'])

export type Messages = { messages: Message[]; notes: Problem[] } | { problem: Problem }

/** A chat with the tools that the record names. */
export function chatExample(read: Messages, record: JsonObject, row: number): Parsed {
  if ('problem' in read) return read
  const { messages, notes } = read
  if (!messages.some((message) => message.role === 'assistant')) {
    return fail('example_missing_assistant_message', 'No message is from the assistant.', 'End the conversation with the answer to be learnt.')
  }
  if (!messages.some((message) => message.role === 'assistant' && message.weight !== 0)) {
    return fail('nothing-to-learn', 'Every answer has weight 0.', 'Give at least one answer weight 1, or none at all.')
  }
  const tools = readTools(record['tools'] ?? record['functions'])
  if ('problem' in tools) return tools
  return { example: { kind: 'chat', row, messages, ...(tools.tools.length > 0 && { tools: tools.tools }) }, ...(notes.length > 0 && { notes }) }
}

export function readMessages(value: unknown): Messages {
  if (!Array.isArray(value) || value.length === 0) {
    return fail('missing_messages_list', '"messages" must be a list of messages.', 'Write a list of objects with role and content.')
  }
  const messages: Message[] = []
  const unrecognised = new Set<string>()
  for (const [index, item] of value.entries()) {
    const read = readMessage(item, index + 1)
    if ('problem' in read) return read
    messages.push(read.message)
    for (const key in item as JsonObject) if (!MESSAGE_KEYS.has(key)) unrecognised.add(key)
  }
  if (unrecognised.size === 0) return { messages, notes: [] }
  const message = `Messages have keys that nobody reads: ${[...unrecognised].slice(0, 8).join(', ')}.`
  return { messages, notes: [{ code: 'message_unrecognized_key', message, fix: `Use ${[...MESSAGE_KEYS].slice(0, 5).join(', ')} and the like.` }] }
}

/** A side of an exchange: a list of messages, or the words of one. */
export function sideMessages(value: unknown, role: 'user' | 'assistant', key: string): Messages {
  if (typeof value === 'string') return { messages: [{ role, content: value }], notes: [] }
  return Array.isArray(value) ? readMessages(value) : noText(key, value)
}

function readMessage(item: unknown, place: number): { message: Message } | { problem: Problem } {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return fail('data_type', `Message ${place} must be an object, and is ${typeName(item)}.`, 'Write role and content.')
  }
  const { role, content, weight, name, tool_call_id: callId, ...rest } = item as JsonObject
  if (role === undefined) return fail('message_missing_key', `Message ${place} has no "role".`, `Use one of ${ROLES.join(', ')}.`)
  const known = role === SYSTEM_TOO ? 'system' : ROLES.find((candidate) => candidate === role)
  if (!known) return fail('unrecognized_role', `Message ${place} has the role ${JSON.stringify(role)}.`, `Use one of ${ROLES.join(', ')}.`)
  if (weight !== undefined && weight !== null && weight !== 0 && weight !== 1) {
    return fail('bad-weight', `Message ${place} has the weight ${JSON.stringify(weight)}.`, 'Use 0 or 1.')
  }
  const said = readWords(content, rest, place)
  if ('problem' in said) return said
  return {
    message: {
      role: known, ...said,
      ...(typeof weight === 'number' && { weight }),
      ...(typeof name === 'string' && { name }),
      ...(typeof callId === 'string' && { tool_call_id: callId }),
    },
  }
}

/** Text, or calls of tools, or both. */
function readWords(content: unknown, rest: JsonObject, place: number): Pick<Message, 'content' | 'tool_calls'> | { problem: Problem } {
  const calls = readCalls(rest, place)
  if ('problem' in calls) return calls
  const text = contentText(content)
  if (calls.length > 0) return { content: text ?? '', tool_calls: calls }
  if (text !== undefined) return { content: text }
  const code = content === undefined ? 'message_missing_key' : 'missing_content'
  return fail(code, `Message ${place} has no text in "content".`, 'Write the content as text.')
}

/** Content is a string, or OpenAI's list of parts of which all are text. */
function contentText(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content) || content.length === 0) return undefined
  const texts = content.map((part: unknown) =>
    typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? part.text : undefined,
  )
  return texts.includes(undefined) ? undefined : texts.join('')
}

function readCalls({ tool_calls: calls, function_call: only }: JsonObject, place: number): ToolCall[] | { problem: Problem } {
  const listed: unknown[] = Array.isArray(calls) ? calls : only === undefined || only === null ? [] : [{ function: only }]
  const read = listed.map(readCall)
  if (!read.includes(undefined)) return read as ToolCall[]
  return fail('bad-tool-call', `Message ${place} calls a tool without its name.`, 'Write {"function": {"name": …, "arguments": …}}.')
}

/** `arguments` are JSON as text in OpenAI's form; templates want the object. */
export function readCall(call: unknown): ToolCall | undefined {
  if (typeof call !== 'object' || call === null) return undefined
  const { id, function: called = call } = call as JsonObject
  if (typeof called !== 'object' || called === null || !('name' in called) || typeof called.name !== 'string') return undefined
  const given = 'arguments' in called ? called.arguments : {}
  const parsed = typeof given === 'string' ? parsedObject(given) : undefined
  return { ...(typeof id === 'string' && { id }), type: 'function', function: { name: called.name, arguments: parsed ?? given } }
}

export function parsedObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** A list of tools, or JSON of one; a tool without its frame {"type", "function"} gets it. */
function readTools(value: unknown): { tools: JsonObject[] } | { problem: Problem } {
  if (value === undefined || value === null || value === '') return { tools: [] }
  const list: unknown = typeof value === 'string' ? parsedObject(value) : value
  if (!Array.isArray(list) || list.some((tool) => typeof tool !== 'object' || tool === null)) {
    return fail('wrong-type', `"tools" must be a list of tools, and is ${typeName(value)}.`, 'Write a list of objects with name, description and parameters.')
  }
  const tools = list as JsonObject[]
  return { tools: tools.map((tool) => ('function' in tool || !('name' in tool) ? tool : { type: 'function', function: tool })) }
}

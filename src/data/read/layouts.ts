/**
 * JSON records to examples: input/output, prompt/completion, instruction/output (Alpaca), OpenAI's chat messages, text.
 * Problems carry the names of OpenAI's own checks where there are such.
 */
import type { Example, JsonObject, Message, Role } from '../types.ts'
import type { Problem } from './findings.ts'
import { PART_COLUMN, partOf } from './part.ts'

export type Parsed = { example: Example; note?: Problem } | { problem: Problem }

const ROLES: readonly Role[] = ['system', 'user', 'assistant', 'tool', 'function']
const KNOWN = 'Use input and output, prompt and completion, messages, or text.'

export function exampleFromRecord(record: unknown, row: number): Parsed {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return fail('data-type', `A row must be an object, and this is ${typeName(record)}.`, KNOWN)
  }
  const object: JsonObject = { ...record }
  const parsed = readObject(object, row)
  return 'example' in parsed ? checked({ ...parsed.example, ...partOf(object[PART_COLUMN]) }) : parsed
}

function readObject(object: JsonObject, row: number): Parsed {
  if ('messages' in object) return chat(object['messages'], row)
  const { prompt, completion }: { prompt?: unknown; completion?: unknown } = object
  if (Array.isArray(prompt) && Array.isArray(completion)) {
    const given = prompt.map((message: unknown) => (isAssistant(message) ? { ...message, weight: 0 } : message))
    return chat(given.concat(completion), row)
  }
  if ('instruction' in object && 'output' in object) return alpaca(object, row)
  for (const [input, output] of [['input', 'output'], ['prompt', 'completion']] as const) {
    if (input in object && output in object) return pair(object, input, output, row)
    const missing = input in object ? output : output in object ? input : undefined
    if (missing !== undefined) return fail('missing-key', `"${missing}" is missing.`, `Give the row a "${missing}".`)
  }
  if ('text' in object) {
    const text = object['text']
    return typeof text === 'string' ? { example: { kind: 'text', row, text } } : wrongType('text', text)
  }
  const keys = Object.keys(object)
  const found = keys.length === 0 ? 'The row is empty.' : `None of its keys is known: ${keys.slice(0, 8).join(', ')}.`
  return fail('unknown-layout', found, KNOWN)
}

function pair(object: JsonObject, inputKey: string, outputKey: string, row: number): Parsed {
  const input = object[inputKey]
  const output = object[outputKey]
  if (typeof input !== 'string') return wrongType(inputKey, input)
  if (typeof output !== 'string') return wrongType(outputKey, output)
  return { example: { kind: 'pair', row, input, output } }
}

/** Alpaca: the user's turn is the instruction, and the input on a line of its own where there is one. */
function alpaca(object: JsonObject, row: number): Parsed {
  const { instruction, input = '', output } = object
  if (typeof instruction !== 'string') return wrongType('instruction', instruction)
  if (typeof input !== 'string' && input !== null) return wrongType('input', input)
  return pair({ input: joinInstruction(instruction, input ?? ''), output }, 'input', 'output', row)
}

export function joinInstruction(instruction: string, input: string): string {
  return input === '' ? instruction : `${instruction}\n${input}`
}

function chat(value: unknown, row: number): Parsed {
  if (!Array.isArray(value) || value.length === 0) {
    return fail('missing-messages-list', '"messages" must be a list of messages.', 'Write a list of objects with role and content.')
  }
  const messages: Message[] = []
  for (const [index, item] of value.entries()) {
    const read = readMessage(item, index + 1)
    if ('problem' in read) return read
    messages.push(read.message)
  }
  if (!messages.some((message) => message.role === 'assistant')) {
    return fail('missing-assistant-message', 'No message is from the assistant.', 'End the conversation with the answer to be learnt.')
  }
  if (!messages.some((message) => message.role === 'assistant' && message.weight !== 0)) {
    return fail('nothing-to-learn', 'Every answer has weight 0.', 'Give at least one answer weight 1, or none at all.')
  }
  return { example: { kind: 'chat', row, messages } }
}

function readMessage(item: unknown, place: number): { message: Message } | { problem: Problem } {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return fail('data-type', `Message ${place} must be an object, and is ${typeName(item)}.`, 'Write role and content.')
  }
  const { role, content, weight, ...rest } = item as JsonObject
  if (role === undefined) return fail('message-missing-key', `Message ${place} has no "role".`, `Use one of ${ROLES.join(', ')}.`)
  const known = ROLES.find((candidate) => candidate === role)
  if (!known) return fail('unrecognized-role', `Message ${place} has the role ${JSON.stringify(role)}.`, `Use one of ${ROLES.join(', ')}.`)
  const text = contentText(content)
  if (text === undefined) {
    const calls = 'tool_calls' in rest || 'function_call' in rest
    const what = calls ? 'calls a tool instead of writing text' : 'has no text in "content"'
    return fail('missing-content', `Message ${place} ${what}.`, 'Write the content as text.')
  }
  if (weight !== undefined && weight !== 0 && weight !== 1) {
    return fail('bad-weight', `Message ${place} has the weight ${JSON.stringify(weight)}.`, 'Use 0 or 1.')
  }
  return { message: { role: known, content: text, ...(weight === undefined ? {} : { weight }) } }
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

function isAssistant(message: unknown): message is JsonObject {
  return typeof message === 'object' && message !== null && 'role' in message && message.role === 'assistant'
}

const HALF_CHARACTER = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** What holds for every layout: something to learn, and whole characters. */
export function checked(example: Example): Parsed {
  const answers = example.kind === 'pair' ? [example.output] : example.kind === 'text' ? [example.text] : ['-']
  if (answers.every((answer) => answer === '')) {
    return fail('empty-answer', 'There is nothing to learn: the answer is empty.', 'Write the answer, or delete the row.')
  }
  let halves = 0
  const whole = (text: string) =>
    text.replace(HALF_CHARACTER, () => {
      halves++
      return '\uFFFD'
    })
  const mended = mapTexts(example, whole)
  if (halves === 0) return { example }
  return { example: mended, note: { code: 'half-character', message: `${halves} half characters (lone surrogates) became "\uFFFD".` } }
}

function mapTexts(example: Example, change: (text: string) => string): Example {
  switch (example.kind) {
    case 'pair':
      return { ...example, input: change(example.input), output: change(example.output) }
    case 'text':
      return { ...example, text: change(example.text) }
    case 'chat':
      return { ...example, messages: example.messages.map((message) => ({ ...message, content: change(message.content) })) }
  }
}

function wrongType(key: string, value: unknown): { problem: Problem } {
  return fail('wrong-type', `"${key}" must be text, and is ${typeName(value)}.`, 'Write it in quotation marks.')
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`
}

function fail(code: string, message: string, fix: string): { problem: Problem } {
  return { problem: { code, message, fix } }
}

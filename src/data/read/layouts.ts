/**
 * Records to examples: OpenAI's chat messages, ShareGPT, preference pairs, prompt and completion as message lists, Alpaca with
 * a history; every other record is read by its keys as a table is by its columns (columns.ts).
 */
import { withCallTexts } from '../calls.ts'
import { exampleMessages, withTexts } from '../example.ts'
import type { ColumnChoice, JsonObject, Message } from '../types.ts'
import { saysNothing } from '../unanswered.ts'
import { cellText, exampleFromColumns, guessColumns, isComplete, joinInstruction, noText, typeName } from './columns.ts'
import { chatExample, readMessages, sideMessages } from './chat.ts'
import { fail, type Parsed } from './findings.ts'
import { partOf } from './part.ts'
import { isPreference, preference } from './preference.ts'
import { shareGpt } from './share-gpt.ts'

const KNOWN = 'Use input and output, prompt and completion, messages, or text.'
/** Of a key that has to have its other half. */
const PARTNERS: Readonly<Record<string, string>> = {
  input: 'output', output: 'input', prompt: 'completion', completion: 'prompt', instruction: 'output', chosen: 'rejected', rejected: 'chosen',
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the keys are those of a layout that is more than columns of text. */
export function isStructured(names: readonly string[]): boolean {
  const has = (name: string) => names.includes(name)
  return has('messages') || has('conversations') || has('history') || (has('chosen') && has('rejected')) || has('preferred_output')
}

/** One example; `choice` where a person said which key is what. */
export function exampleFromRecord(record: unknown, row: number, choice?: ColumnChoice): Parsed {
  if (!isObject(record)) return fail('data_type', `A row must be an object, and this is ${typeName(record)}.`, KNOWN)
  const parsed = choice ? byChoice(record, choice, row) : (structured(record, row) ?? byKeys(record, row))
  // Preference pairs have their other answer already.
  return 'example' in parsed ? checked({ ...parsed, example: { ...textUnder(record, 'rejected'), ...parsed.example, ...textUnder(record, 'origin') } }) : parsed
}

/** A record's own text under a key, where it has one. */
function textUnder<Key extends string>(record: JsonObject, key: Key): Partial<Record<Key, string>> {
  const text = record[key]
  return typeof text === 'string' && text !== '' ? ({ [key]: text } as Partial<Record<Key, string>>) : {}
}

function structured(record: JsonObject, row: number): Parsed | undefined {
  const parsed = readStructured(record, row)
  if (!parsed || 'problem' in parsed) return parsed
  return { ...parsed, ...textUnder(record, 'split'), example: { ...parsed.example, ...partOf(record['split']), ...textUnder(record, 'group') } }
}

function readStructured(record: JsonObject, row: number): Parsed | undefined {
  const { messages, conversations, prompt, completion, history } = record
  if (isPreference(record)) return preference(record, row)
  if (messages !== undefined) return chatExample(readMessages(messages), record, row)
  if (conversations !== undefined) return shareGpt(record, row)
  if (Array.isArray(prompt) || Array.isArray(completion)) return promptAndCompletion(prompt, completion, record, row)
  return Array.isArray(history) && history.length > 0 ? alpacaWithHistory(record, history, row) : undefined
}

/** TRL's conversational form: answers in the prompt are not learnt. Either side may be text. */
function promptAndCompletion(prompt: unknown, completion: unknown, record: JsonObject, row: number): Parsed {
  const asked = sideMessages(prompt, 'user', 'prompt')
  if ('problem' in asked) return asked
  const answered = sideMessages(completion, 'assistant', 'completion')
  if ('problem' in answered) return answered
  const given = asked.messages.map((message) => (message.role === 'assistant' ? { ...message, weight: 0 } : message))
  return chatExample({ messages: [...given, ...answered.messages], notes: [...asked.notes, ...answered.notes] }, record, row)
}

/** Alpaca as LLaMA-Factory writes it: earlier turns as pairs of user and assistant, which are learnt too. */
function alpacaWithHistory(record: JsonObject, history: readonly unknown[], row: number): Parsed {
  const { system, instruction = '', input, output } = record
  if (typeof instruction !== 'string') return noText('instruction', instruction)
  if (typeof output !== 'string') return noText('output', output)
  const messages: Message[] = typeof system === 'string' && system !== '' ? [{ role: 'system', content: system }] : []
  for (const turn of history) {
    const [asked, answered] = Array.isArray(turn) && turn.length === 2 ? (turn as [unknown, unknown]) : []
    if (typeof asked !== 'string' || typeof answered !== 'string') {
      return fail('wrong-type', '"history" must be a list of pairs: what the user said, and what was answered.', 'Write [["question", "answer"], …].')
    }
    messages.push({ role: 'user', content: asked }, { role: 'assistant', content: answered })
  }
  messages.push({ role: 'user', content: joinInstruction(instruction, typeof input === 'string' ? input : '') }, { role: 'assistant', content: output })
  return chatExample({ messages, notes: [] }, record, row)
}

/** A person's choice is a wish to have text: numbers and truth values become it. */
function byChoice(record: JsonObject, choice: ColumnChoice, row: number): Parsed {
  const needed = new Set([choice.input, choice.output, choice.text])
  return exampleFromColumns((name) => {
    const value = record[name]
    if (value === undefined && needed.has(name)) return fail('necessary_column', `"${name}" is missing.`, `Give the row a "${name}".`)
    return value === undefined || value === null ? '' : (cellText(value) ?? noText(name, value))
  }, choice, row)
}

/** By the names of the keys. Where they are the usual ones, a value that is no text is a fault and no number to be written out. */
function byKeys(record: JsonObject, row: number): Parsed {
  const keys = Object.keys(record)
  const { choice, strict, optional } = guessOf(keys)
  if (!isComplete(choice)) return unknown(keys)
  return exampleFromColumns((name) => {
    const value = record[name]
    if (typeof value === 'string') return value
    if (optional.has(name)) return value === null ? '' : (cellText(value) ?? '')
    return (strict.has(name) ? undefined : cellText(value)) ?? noText(name, value)
  }, choice, row)
}

interface KeyGuess {
  choice: ColumnChoice
  strict: ReadonlySet<string>
  optional: ReadonlySet<string>
}

/** Guesses by the keys of a record: a file has few kinds of them. */
const guesses = new Map<string, KeyGuess>()
const MOST_GUESSES = 100

function guessOf(keys: readonly string[]): KeyGuess {
  const id = keys.join('\0')
  const known = guesses.get(id)
  if (known) return known
  const choice = guessColumns(keys)
  const { input, output, text, system, split, group, instruction } = choice
  const named = (names: readonly (string | undefined)[]) => new Set(names.filter((name) => name !== undefined))
  const guess = {
    choice,
    strict: named([input, output, text].filter((name) => name === 'text' || (name !== undefined && name in PARTNERS))),
    optional: named([system, split, group, ...(instruction === undefined ? [] : [input])]),
  }
  if (guesses.size >= MOST_GUESSES) guesses.clear()
  guesses.set(id, guess)
  return guess
}

function unknown(keys: readonly string[]): Parsed {
  const half = ['chosen', 'rejected'].find((key) => keys.includes(key)) ?? keys.find((key) => Object.hasOwn(PARTNERS, key))
  if (half !== undefined) return fail('necessary_column', `"${PARTNERS[half]}" is missing.`, `Give the row a "${PARTNERS[half]}".`)
  const found = keys.length === 0 ? 'The row is empty.' : `It is not clear which of its keys is the input and which the output: ${keys.slice(0, 8).join(', ')}.`
  return fail('unknown-layout', found, KNOWN)
}

const HALF_CHARACTER = /[\uD800-\uDFFF]/gu

/** What holds for every layout: something that is asked or learnt, and whole characters. An answer may be written later. */
export function checked(parsed: Extract<Parsed, { example: unknown }>): Parsed {
  const { example, notes = [] } = parsed
  if (exampleMessages(example).every(saysNothing)) return fail('empty-row', 'The row is empty.', 'Write it, or delete it.')
  let halves = 0
  const whole = (text: string) => text.replace(HALF_CHARACTER, () => (halves++, '\uFFFD'))
  const mended = withCallTexts(withTexts(example, whole), whole)
  if (halves === 0) return parsed
  return { ...parsed, example: mended, notes: [...notes, { code: 'half-character', message: `${halves} half characters (lone surrogates) became "\uFFFD".` }] }
}

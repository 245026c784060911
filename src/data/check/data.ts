/** What the checks are given, and the shape of a check. */
import { callTexts } from '../calls.ts'
import type { Example, Finding, Tokenizer } from '../types.ts'

export interface CheckContext {
  /** The model's, for what is written like one of its special tokens. */
  tokenizer?: Pick<Tokenizer, 'specialTokens'>
  /** Tokens of each example, by its index. */
  lengths?: ArrayLike<number>
  /** Most tokens of an example that the model reads; of use with `lengths` only. */
  contextLength?: number
  /** Indices of the examples that are kept aside. */
  validation?: ReadonlySet<number>
}

export interface CheckData extends CheckContext {
  examples: readonly Example[]
  /** The ISO 639-1 code of the language that a text is surely in; undefined where that is not sure. */
  languageOf: (text: string) => string | undefined
}

export type Report = (finding: Finding) => void

/**
 * One check. It yields how much of it is done, 0 … 1, at least once an example, so that others can run in between and
 * it can be given up.
 */
export type Check = (data: CheckData, report: Report) => Generator<number, void, undefined>

/** What is written in an example: what people and the model say, and what calls of tools hold. */
export function exampleTexts(example: Example): readonly string[] {
  return [...saidTexts(example), ...callTexts(example)]
}

/** What is said in an example, one text a column or message; the answer that was not chosen last. */
export function saidTexts(example: Example): readonly string[] {
  const texts = ownTexts(example)
  return example.rejected === undefined ? texts : [...texts, example.rejected]
}

function ownTexts(example: Example): readonly string[] {
  switch (example.kind) {
    case 'pair':
      return [example.input, example.output]
    case 'chat':
      return example.messages.map((message) => message.content)
    case 'text':
      return [example.text]
  }
}

/** Each example with its index, and how much of the data is done before it. */
export function* eachExample({ examples }: CheckData): Generator<[index: number, example: Example, done: number], void, undefined> {
  for (let index = 0; index < examples.length; index++) yield [index, examples[index]!, index / examples.length]
}

/** As people write numbers: 12,345. */
export function count(value: number, noun = ''): string {
  const figure = value.toLocaleString('en-GB')
  return noun === '' ? figure : `${figure} ${noun}${value === 1 ? '' : 's'}`
}

/** The beginning of a text, in quotation marks, on one line. */
export function quoted(text: string, most = 40): string {
  const shown = JSON.stringify(text.slice(0, most)).slice(1, -1)
  return `"${shown}${text.length > most ? '…' : ''}"`
}

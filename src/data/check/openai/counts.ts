/** What OpenAI's notebook counts: messages and tokens of each example, and how they are spread. */
import { exampleMessages } from '../../example.ts'
import type { Example, Message } from '../../types.ts'
import { openAiEpochs } from './epochs.ts'

export interface Distribution {
  min: number
  max: number
  mean: number
  median: number
  /** Quantiles 0.1 and 0.9; the notebook prints them as "p5 / p95". */
  low: number
  high: number
}

export interface OpenAiCounts {
  examples: number
  missingSystem: number
  missingUser: number
  /** Of each example; undefined where there is none. */
  messages: Distribution | undefined
  totalTokens: Distribution | undefined
  assistantTokens: Distribution | undefined
  /** Examples with more tokens than the limit. */
  tooLong: number
  /** Tokens of one pass, each example up to the limit. */
  trainedTokens: number
  epochs: number
}

/** Tokens that the notebook adds for each message and for the whole; it calls this "not exact". */
const A_MESSAGE = 3
const THE_WHOLE = 3
const A_NAME = 1

type Count = (text: string) => number

/** `countTokens` counts a text's tokens, without special ones; `limit` is how many of an example are read (the notebook's: 4096). */
export function openAiCounts(examples: readonly Example[], countTokens: Count, limit: number): OpenAiCounts {
  const chats = examples.map(exampleMessages)
  const total = chats.map((messages) => messages.reduce((sum, message) => sum + tokensOf(message, countTokens), THE_WHOLE))
  const lacks = (role: Message['role']) => chats.filter((messages) => !messages.some((message) => message.role === role)).length
  return {
    examples: examples.length,
    missingSystem: lacks('system'),
    missingUser: lacks('user'),
    messages: distribution(chats.map((messages) => messages.length)),
    totalTokens: distribution(total),
    assistantTokens: distribution(chats.map((messages) => messages.reduce((sum, { role, content }) => sum + (role === 'assistant' ? countTokens(content) : 0), 0))),
    tooLong: total.filter((tokens) => tokens > limit).length,
    trainedTokens: total.reduce((sum, tokens) => sum + Math.min(limit, tokens), 0),
    epochs: openAiEpochs(examples.length),
  }
}

function tokensOf({ role, content, name }: Message, countTokens: Count): number {
  return A_MESSAGE + countTokens(role) + countTokens(content) + (name === undefined ? 0 : countTokens(name) + A_NAME)
}

/** Quantiles lie between two values in proportion, as NumPy's do. */
export function distribution(values: readonly number[]): Distribution | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((one, two) => one - two)
  const quantile = (at: number) => {
    const place = at * (sorted.length - 1)
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
    return below + (above - below) * (place - Math.floor(place))
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { min: sorted[0]!, max: sorted.at(-1)!, mean, median: quantile(0.5), low: quantile(0.1), high: quantile(0.9) }
}

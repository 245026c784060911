/** An answer: tokens from a decoder become streamed text, until an end token, a stop string, a limit or the person stops it. */
import { HomespunError } from '../errors.ts'
import { checkSampling } from './sampling.ts'
import { StopStrings } from './stop-strings.ts'
import type { Decoder, GenerationOptions, StopReason } from './types.ts'

/** Token ids in, whole characters out: bytes of a character that is not complete yet are kept back (F110); src/data's TextStream is one. */
export interface TokenText {
  push(id: number): string
  flush(): string
}

export interface AnswerInputs {
  decoder: Decoder
  prompt: readonly number[]
  options: GenerationOptions
  /** Ids after which the answer is over; they are not part of it. */
  endIds: readonly number[]
  text: TokenText
  signal?: AbortSignal
  /** Called with each piece of text that is safe to show; never with an empty one. */
  onText: (delta: string) => void
}

export interface Answer {
  text: string
  /** Tokens made, without the end token. */
  tokens: number
  /** Those tokens, and the end token after them where it ended by itself. */
  ids: number[]
  reason: StopReason
}

function checkRequest({ prompt, decoder, options }: AnswerInputs): void {
  checkSampling(options)
  if (!(Number.isInteger(options.maxTokens) && options.maxTokens >= 1)) {
    throw new HomespunError('sampling-invalid', `The answer cannot have ${options.maxTokens} tokens.`, {
      where: 'longest answer', fix: 'Use a whole number of at least 1.',
    })
  }
  if (prompt.length === 0) {
    throw new HomespunError('prompt-empty', 'There is no prompt to go on from.', { fix: 'Write something for the model to answer.' })
  }
  if (prompt.length >= decoder.contextLength) {
    throw new HomespunError(
      'prompt-too-long',
      `The prompt has ${prompt.length} tokens, but the model reads ${decoder.contextLength} with its answer.`,
      { fix: 'Shorten the prompt.' },
    )
  }
}

/**
 * Makes one answer. It ends within one token of an abort, and stops asking the decoder as soon as it is over.
 * Throws HomespunError 'prompt-empty', 'prompt-too-long', 'sampling-invalid', and what the decoder throws
 * ('token-out-of-range', 'logits-not-finite', 'gpu-lost').
 */
export async function makeAnswer(inputs: AnswerInputs): Promise<Answer> {
  checkRequest(inputs)
  const { decoder, options, signal } = inputs
  const stops = new StopStrings(options.stopStrings)
  const ends = new Set(inputs.endIds)
  const answer: Answer = { text: '', tokens: 0, ids: [], reason: 'context-full' }
  const show = (delta: string) => {
    if (delta === '') return
    answer.text += delta
    inputs.onText(delta)
  }
  if (signal?.aborted) return { ...answer, reason: 'cancelled' }
  for await (const id of decoder.decode(inputs.prompt, options)) {
    if (signal?.aborted) return { ...answer, reason: 'cancelled' }
    answer.ids.push(id)
    if (ends.has(id)) {
      answer.reason = 'end-token'
      break
    }
    answer.tokens++
    show(stops.push(inputs.text.push(id)))
    if (stops.found) return { ...answer, reason: 'stop-string' }
    if (answer.tokens >= options.maxTokens) {
      answer.reason = 'max-tokens'
      break
    }
  }
  show(stops.push(inputs.text.flush()))
  if (stops.found) answer.reason = 'stop-string'
  show(stops.finish())
  return answer
}

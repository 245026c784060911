/** Examples for a model with an encoder: that reads the input as it is, and the decoder writes the output. */
import { HomespunError } from '../../errors.ts'
import { messageText } from '../example.ts'
import type { Message, Tokenizer } from '../types.ts'

type Part = Pick<Tokenizer, 'encode' | 'endIds' | 'decoderStartId'>

/** What the encoder reads of these messages: an empty line between several, then the end token, as T5's own tokenizer puts it. */
export const sourceTokens = (messages: readonly Pick<Message, 'content' | 'tool_calls'>[], tokenizer: Part): number[] => [
  ...tokenizer.encode(messages.map(messageText).join('\n\n')),
  ...tokenizer.endIds.slice(0, 1),
]

export interface SourceTarget {
  source: Pick<Message, 'content' | 'tool_calls'>[]
  target: string
  learnt: boolean
}

/** The last answer, and all before it. Throws 'source-missing' where nothing comes before an answer. */
export function sourceAndTarget(messages: readonly Message[]): SourceTarget {
  const last = messages.findLastIndex(({ role }) => role === 'assistant')
  if (last < 1) {
    throw new HomespunError('source-missing', 'This model writes an output to an input, and this example has no input.', {
      fix: 'Give pairs of input and output, or choose a model without an encoder.',
    })
  }
  const answer = messages[last]!
  return { source: messages.slice(0, last), target: messageText(answer), learnt: answer.weight !== 0 }
}

/** What the decoder reads and learns to write: its start token, the output, the end token. */
export const targetTokens = (target: string, tokenizer: Part): number[] => [
  ...(tokenizer.decoderStartId === undefined ? [] : [tokenizer.decoderStartId]),
  ...tokenizer.encode(target),
  ...tokenizer.endIds.slice(0, 1),
]

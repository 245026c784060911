/** The plain template: how pairs are written as text for a model without a chat template. */
import { HomespunError } from '../../errors.ts'
import { messageText } from '../example.ts'
import type { Message, PlainTemplate, Template, Tokenizer } from '../types.ts'

/** The input on its own line, the output after it. A line's end separates in every vocabulary, so no token spans both. */
export const DEFAULT_PLAIN_TEMPLATE: PlainTemplate = { prompt: '{input}\n', answer: '{output}' }

export function defaultTemplate(tokenizer: Pick<Tokenizer, 'hasChatTemplate' | 'decoderStartId'>): Template {
  if (tokenizer.decoderStartId !== undefined) return 'source-target'
  return tokenizer.hasChatTemplate ? 'chat-template' : DEFAULT_PLAIN_TEMPLATE
}

/** Throws 'template-incomplete' where a place for the input or the output is missing. */
export function checkTemplate(template: PlainTemplate): void {
  for (const [part, place] of [['prompt', '{input}'], ['answer', '{output}']] as const) {
    if (template[part].includes(place)) continue
    throw new HomespunError('template-incomplete', `The template's ${part} has no place for the text.`, {
      where: part, fix: `Write ${place} where the text belongs.`,
    })
  }
}

/** A prompt and its answer as the plain template writes them; `answer` is missing where the model is to give it. */
export interface PlainTurn {
  prompt: string
  answer: string | undefined
  /** False where the answer is kept out of the loss. */
  learnt: boolean
}

/** A chat in the plain template: all messages before an answer are its input, an empty line between them. */
export function plainTurns(messages: readonly Message[], template: PlainTemplate): PlainTurn[] {
  const turns: PlainTurn[] = []
  let inputs: string[] = []
  const prompt = () => template.prompt.replaceAll('{input}', () => inputs.join('\n\n'))
  for (const message of messages) {
    if (message.role !== 'assistant') {
      inputs.push(messageText(message))
      continue
    }
    const answer = template.answer.replaceAll('{output}', () => messageText(message))
    turns.push({ prompt: prompt(), answer, learnt: message.weight !== 0 })
    inputs = []
  }
  if (inputs.length > 0) turns.push({ prompt: prompt(), answer: undefined, learnt: false })
  return turns
}

/** The base shown examples before it is asked: rows it could have learnt from, as turns that came before the question. */
import { expectation, type Expectation } from '../data/expectation.ts'
import { promptTokens, tokenizeExample } from '../data/render/tokenize.ts'
import type { Example, Message, Template, TokenizedExample } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import type { OpenModel } from './open-model.ts'

/** More would hardly fit any model that fits here. */
const MOST_EXAMPLES = 64

/** The question after examples. */
export interface ShownQuestion {
  /** How many of the examples fitted the context, with room for the answer. */
  examples: number
  prompt: number[]
  example: TokenizedExample
}

/** Question and answer alone, as turns; undefined for rows that ask nothing, or need tools. */
export function asTurns(example: Example): Message[] | undefined {
  const asked = expectation(example)
  if (!asked || asked.tools) return undefined
  const turns = asked.messages.filter(({ role }) => role === 'user' || role === 'assistant')
  return [...turns, { role: 'assistant', content: asked.answer }]
}

/** Refuses what cannot be shown examples. Throws HomespunError 'few-shot-encoder', 'few-shot-examples', 'few-shot-none'. */
export function checkExamples(template: Template, wanted: number, found: number): void {
  if (template === 'source-target') {
    const what = 'This model reads one input with its encoder, so it cannot be shown examples first.'
    throw new HomespunError('few-shot-encoder', what, { fix: 'Measure without examples.' })
  }
  if (!(Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_EXAMPLES)) {
    throw new HomespunError('few-shot-examples', `The base cannot be shown ${wanted} examples.`, {
      where: 'examples', fix: `Give a whole number from 1 to ${MOST_EXAMPLES}.`,
    })
  }
  if (found > 0) return
  throw new HomespunError('few-shot-none', 'There is no training row that the base could be shown as an example.', {
    fix: 'Open pairs in the Data room, some of them for training, or measure without examples.',
  })
}

/** Only the last answer is judged, so that both ways to ask are judged on the same tokens. */
export function lastAnswerOnly(example: TokenizedExample): TokenizedExample {
  const end = example.weights.findLastIndex((weight) => weight > 0) + 1
  const begin = example.weights.subarray(0, end).findLastIndex((weight) => weight === 0) + 1
  return { ...example, weights: example.weights.map((weight, index) => (index < begin ? 0 : weight)) }
}

/**
 * The question with as many of `shots` before it as fit, the first ones; a system message of its own stays in front. With none
 * that fit it is the question alone. Throws what `promptTokens` throws.
 */
export function shownQuestion(
  { messages, tools, answer }: Expectation, row: number, shots: readonly Message[][], model: OpenModel, template: Template, maxTokens: number,
): ShownQuestion {
  const { tokenizer, loaded: { contextLength } } = model
  const system = messages.filter(({ role }) => role === 'system')
  const question = messages.filter(({ role }) => role !== 'system')
  for (let examples = shots.length; ; examples--) {
    const before = examples === 0 ? messages : [...system, ...shots.slice(0, examples).flat(), ...question]
    const prompt = promptTokens(before, tokenizer, template, tools)
    if (examples > 0 && prompt.length + maxTokens > contextLength) continue
    const whole: Example = { kind: 'chat', row, messages: [...before, { role: 'assistant', content: answer }], ...(tools && { tools }) }
    const example = tokenizeExample(whole, tokenizer, template, contextLength)
    if (examples === 0 || example.truncated === 0) return { examples, prompt, example: lastAnswerOnly(example) }
  }
}

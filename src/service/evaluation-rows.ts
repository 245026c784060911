/** A row made ready to be measured: as tokens with their targets, and as a question with what should be said. */
import { exampleColumns } from '../data/example.ts'
import { expectation } from '../data/expectation.ts'
import { promptTokens, textTokens, tokenizeExample } from '../data/render/tokenize.ts'
import type { Example, Message, Template, TokenizedExample } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { lastAnswerOnly, shownQuestion, type ShownQuestion } from './few-shot.ts'
import type { OpenModel } from './open-model.ts'
import type { EvaluationRequest } from './try-types.ts'

/** So much longer than expected an answer may be, so that one that goes on is seen to. */
const TOKENS_MORE = 32
const MOST_TOKENS = 256

export interface PreparedRow {
  row: number
  input: string
  expected?: string
  kind: Example['kind']
  targets: number
  example: TokenizedExample
  question?: { prompt: number[]; maxTokens: number }
  /** The same with examples before it. */
  shown?: ShownQuestion
}

const lengthFor = (expected: number) => Math.min(expected + TOKENS_MORE, MOST_TOKENS)

const countTargets = ({ weights }: TokenizedExample) => weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0)

/** Throws HomespunError 'chat-template-refused', 'source-missing', 'nothing-to-measure'. */
export function prepareRow(example: Example, model: OpenModel, template: Template, what: EvaluationRequest['what']): PreparedRow {
  const { tokenizer, loaded } = model
  const tokenized = tokenizeExample(example, tokenizer, template, loaded.contextLength)
  const targets = countTargets(tokenized)
  if (targets === 0) {
    throw new HomespunError('nothing-to-measure', `Row ${example.row} has nothing the model would have to say.`, { where: `row ${example.row}` })
  }
  const { input, output } = exampleColumns(example)
  const { kind } = example
  const whole = { row: example.row, kind, input: kind === 'text' ? output : input, targets, example: tokenized }
  const expected = expectation(example)
  if (expected) {
    const prompt = promptTokens(expected.messages, tokenizer, template, expected.tools)
    return { ...whole, expected: expected.answer, question: { prompt, maxTokens: lengthFor(tokenizer.encode(expected.answer).length) } }
  }
  return what === 'recall' && kind === 'text' ? { ...whole, ...secondHalf(output, model) } : whole
}

/** The row with examples before it too. Throws 'asks-nothing' for a text, and what `promptTokens` throws. */
export function withExamples(row: PreparedRow, example: Example, shots: readonly Message[][], model: OpenModel, template: Template): PreparedRow {
  const asked = expectation(example)
  if (!asked || !row.question) {
    throw new HomespunError('asks-nothing', `Row ${row.row} is a text: it asks nothing that examples could stand before.`)
  }
  const own = lastAnswerOnly(row.example)
  const shown = shownQuestion(asked, row.row, shots, model, template, row.question.maxTokens)
  return { ...row, example: own, targets: countTargets(own), shown }
}

/** The first half of a text as a prompt, cut between words where there are some, and what is to follow. */
function secondHalf(text: string, { tokenizer }: OpenModel): Pick<PreparedRow, 'input' | 'expected' | 'question'> {
  const middle = Math.floor(text.length / 2)
  const gap = text.slice(middle).search(/\s/)
  const cut = gap < 0 ? middle : middle + gap
  const [input, expected] = [text.slice(0, cut), text.slice(cut)]
  return { input, expected: expected.trim(), question: { prompt: textTokens(input, tokenizer), maxTokens: lengthFor(tokenizer.encode(expected).length) } }
}

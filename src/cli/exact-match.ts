/** Whether a model gives the expected answers, word for word. */
import type { LoraAdapter } from '../adapters/types.ts'
import { expectation, type Expectation } from '../data/expectation.ts'
import { promptTokens } from '../data/render/tokenize.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Template } from '../data/types.ts'
import { makeAnswer } from '../generate/answer.ts'
import { GREEDY } from '../generate/sampling.ts'
import { isExact } from '../generate/scoring.ts'
import type { Decoder } from '../generate/types.ts'
import type { OpenData } from '../service/open-data.ts'
import type { OpenModel } from '../service/open-model.ts'
import type { Output } from './output.ts'

/** Whether the greedy answer is the expected one, but for white space around it. */
async function isAnswered({ messages, tools, answer: expected }: Expectation, template: Template, decoder: Decoder, { tokenizer }: OpenModel) {
  const prompt = promptTokens(messages, tokenizer, template, tools)
  if (prompt.length >= decoder.contextLength) return false
  // A little longer than the expected one, so that an answer that goes on is seen to.
  const maxTokens = tokenizer.encode(expected).length + 8
  const text = new TextStream(tokenizer, prompt)
  const answer = await makeAnswer({
    decoder,
    prompt,
    options: { ...GREEDY, adapterStrength: 1, stopStrings: [], maxTokens },
    endIds: tokenizer.endIds,
    text,
    onText: () => undefined,
  })
  return isExact(answer.text, expected)
}

/** How many of the data's answers a model gives word for word, greedily; undefined where nothing is asked. */
export async function exactMatches(
  data: OpenData,
  model: OpenModel,
  adapter: LoraAdapter | undefined,
  template: Template,
  output: Output,
) {
  const asked = data.dataset.examples.map(expectation).filter((one) => one !== undefined)
  if (asked.length === 0) return undefined
  const decoder = await model.loaded.createDecoder(adapter)
  let matches = 0
  try {
    for (const [index, one] of asked.entries()) {
      output.progress(index, asked.length, 'questions asked')
      if (await isAnswered(one, template, decoder, model)) matches++
    }
  } finally {
    decoder.destroy()
  }
  return { matches, asked: asked.length }
}

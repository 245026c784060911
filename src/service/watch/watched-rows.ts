/** The rows that a run looks at on the way, one by one: some that it learns from, and some that it does not see. */
import { expectation } from '../../data/expectation.ts'
import { datasetLayout, exampleColumns } from '../../data/example.ts'
import { epochOrder } from '../../data/batch/shuffle.ts'
import { hasRoom } from '../../data/batch/pack.ts'
import { textTokens, tokenizeExample } from '../../data/render/tokenize.ts'
import type { BatchLayout, TokenizedExample } from '../../data/types.ts'
import type { RowLoss } from '../../train/types.ts'
import type { OpenData } from '../open-data.ts'
import type { OpenModel } from '../open-model.ts'
import type { Probe } from './probes.ts'

/** Rows of each part: enough to see what is hard, few enough to be measured often. */
const ROWS_OF_A_PART = 6
const MOST_CHARACTERS = 120

export type WatchedRow = Omit<RowLoss, 'loss'> & { example: TokenizedExample }

export interface WatchedData {
  data: OpenData
  model: OpenModel
  /** Of the run, which each of the rows must fit by itself. */
  layout: BatchLayout
  maxLength: number
  seed: number
}

const short = (text: string) => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text)

/** The same for the same seed and data, in the order of the file. */
export function watchedRows({ data, model, layout, maxLength, seed }: WatchedData): WatchedRow[] {
  return (['training', 'validation'] as const).flatMap((part) => {
    const indices = data.split[part]
    const chosen: WatchedRow[] = []
    for (const place of epochOrder(seed, 0, indices.length)) {
      if (chosen.length === ROWS_OF_A_PART) break
      const index = indices[place]!
      const example = data.tokenized(index, maxLength, model)
      if (!example || !hasRoom(example, layout)) continue
      const { input, output } = exampleColumns(data.dataset.examples[index]!)
      chosen.push({ row: example.row, part, input: short(input), answer: short(output), example })
    }
    return chosen.sort((one, two) => one.row - two.row)
  })
}

export interface WishedExample {
  text: string
  example: TokenizedExample
}

/** The answer that the person wrote to a probe, else what the rows answer to it; undefined where neither gives one, or it has no room. */
export function wishedAnswer({ prompt, wished }: Probe, parts: WatchedData): WishedExample | undefined {
  const found = wished === undefined ? fromRows(prompt, parts) : { text: wished, example: written(prompt, wished, parts) }
  return found && hasRoom(found.example, parts.layout) ? found : undefined
}

function written(prompt: string, wished: string, { data, model, maxLength }: WatchedData): TokenizedExample {
  const { tokenizer } = model
  if (!isOfTexts(data) || tokenizer.decoderStartId !== undefined) {
    return tokenizeExample({ kind: 'pair', row: 0, input: prompt, output: wished }, tokenizer, data.template(model), maxLength)
  }
  const [given, answer] = [textTokens(prompt, tokenizer), tokenizer.encode(` ${wished}`)]
  const tokens = Uint32Array.from([...given, ...answer])
  return { row: 0, tokens, weights: Float32Array.from(tokens, (_, at) => (at < given.length ? 0 : 1)), truncated: 0 }
}

/** The first row that asks just that. */
function fromRows(prompt: string, { data, model, maxLength }: WatchedData): WishedExample | undefined {
  const index = data.dataset.examples.findIndex((example) => {
    const wished = expectation(example)
    return wished?.messages.length === 1 && wished.messages[0]!.content.trim() === prompt.trim()
  })
  if (index < 0) return undefined
  const example = data.tokenized(index, maxLength, model)
  return example && { text: expectation(data.dataset.examples[index]!)!.answer, example }
}

/** Whether plain texts are learnt, which have no question and no template. */
export function isOfTexts(data: OpenData): boolean {
  return datasetLayout(data.dataset.examples) === 'text'
}

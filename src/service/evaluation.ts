/** Base against tuned over many rows: losses first, by the step that also trains, then greedy answers, row by row. */
import { atStrength } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { epochOrder } from '../data/batch/shuffle.ts'
import { evaluationBatches } from '../data/batch/source.ts'
import { readDataset } from '../data/read/read-dataset.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Example, ReadParquet, Template } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { makeAnswer } from '../generate/answer.ts'
import { GREEDY } from '../generate/sampling.ts'
import type { Decoder } from '../generate/types.ts'
import type { Answering } from './answering.ts'
import type { EngineRoom } from './engine-room.ts'
import { prepareRow, type PreparedRow } from './evaluation-rows.ts'
import type { OpenData } from './open-data.ts'
import { checkBase, checkTokens, type OpenModel } from './open-model.ts'
import type { Shelf } from './shelf.ts'
import type { EvaluationEvent, EvaluationRequest, RowOutcome } from './try-types.ts'
import type { WatchedEngine } from './watched-engine.ts'

/** The sample is the same for each adapter that is measured on the rows. */
const SAMPLE_SEED = 1
const STEP_SETTINGS = { weightDecay: 0, clipNorm: 1, seed: 0, activationCheckpointing: false }

export interface EvaluationParts {
  room: EngineRoom
  shelf: Shelf
  answering: Answering
  /** Throws 'no-data'. */
  data: () => OpenData
  parquet: ReadParquet | undefined
}

/** One evaluation under way. */
interface Session {
  model: OpenModel
  device: WatchedEngine
  adapter: LoraAdapter
  strength: number
  rows: readonly PreparedRow[]
  signal: AbortSignal
  onEvent: (event: EvaluationEvent) => void
}

export class Evaluation {
  readonly #parts: EvaluationParts

  constructor(parts: EvaluationParts) {
    this.#parts = parts
  }

  /** Throws HomespunError 'no-model', 'adapter-not-found', 'adapter-other-base', 'no-data', 'no-rows', 'gpu-lost', and what reading a file throws. */
  async evaluate(request: EvaluationRequest, onEvent: (event: EvaluationEvent) => void): Promise<{ whole: boolean }> {
    const examples = await this.#examples(request.rows)
    await this.#parts.answering.clear()
    return this.#parts.answering.inTurn((signal) => this.#evaluate(request, examples, signal, onEvent))
  }

  async #examples(rows: EvaluationRequest['rows']): Promise<readonly Example[]> {
    if (typeof rows !== 'string') return (await readDataset(rows, rows.name, this.#parts.parquet && { parquet: this.#parts.parquet })).examples
    const { dataset, split } = this.#parts.data()
    return split[rows].map((index) => dataset.examples[index]!)
  }

  async #evaluate(
    { adapterId, strength, most, what }: EvaluationRequest, examples: readonly Example[], signal: AbortSignal, onEvent: (event: EvaluationEvent) => void,
  ): Promise<{ whole: boolean }> {
    const { room, shelf } = this.#parts
    const [model, device] = [await room.model(), await room.device()]
    const { record, adapter } = await shelf.get(adapterId)
    checkBase(record.base, model)
    const { rows, skipped } = prepare(sampleOf(examples, most), model, record.template, what)
    if (rows.length === 0) {
      throw new HomespunError('no-rows', skipped[0]?.message ?? 'There is no row to measure.', { fix: 'Set rows aside in the Data room, or choose a file.' })
    }
    onEvent({ kind: 'started', rows: rows.length, of: examples.length, skipped })
    const session = { model, device, adapter, strength, rows, signal, onEvent }
    const losses = what === 'scores' ? await measureLosses(session) : rows.map(() => [0, 0] as const)
    return { whole: losses !== undefined && (await askAll(session, losses)) }
  }
}

/** At most `most` of them, spread over all, in their order. */
function sampleOf(examples: readonly Example[], most: number): Example[] {
  if (examples.length <= most) return [...examples]
  return [...epochOrder(SAMPLE_SEED, 0, examples.length).subarray(0, most)].sort((a, b) => a - b).map((index) => examples[index]!)
}

function prepare(examples: readonly Example[], model: OpenModel, template: Template, what: EvaluationRequest['what']) {
  const rows: PreparedRow[] = []
  const skipped: { row: number; message: string }[] = []
  for (const example of examples) {
    try {
      const row = prepareRow(example, model, template, what)
      checkTokens(row.example.tokens, model)
      rows.push(row)
    } catch (error) {
      if (!(error instanceof HomespunError)) throw error
      skipped.push({ row: example.row, message: error.message })
    }
  }
  return { rows, skipped }
}

type Losses = readonly [base: number, tuned: number]

/** Loss sums of each row, base and tuned; undefined where it was stopped. Losses count for half of the progress. */
async function measureLosses({ model, device, adapter, strength, rows, signal, onEvent }: Session): Promise<Losses[] | undefined> {
  const batches = evaluationBatches(rows.map(({ example }) => example), 1)
  const step = await device.guard(model.loaded.createStep({ lora: adapter.config, layout: batches[0]!.layout, settings: STEP_SETTINGS }, atStrength(adapter, 0)))
  const sums: number[] = []
  try {
    for (const speaker of [atStrength(adapter, 0), atStrength(adapter, strength)]) {
      step.writeAdapter(speaker)
      for (const batch of batches) {
        if (signal.aborted) return undefined
        sums.push(batch.weightSum > 0 ? (await device.guard(step.evaluate(batch))).lossSum : 0)
        onEvent({ kind: 'progress', share: sums.length / batches.length / 4 })
      }
    }
  } finally {
    step.destroy()
  }
  return rows.map((_, index) => [sums[index]!, sums[rows.length + index]!])
}

/** Answers every row that asks something; false where it was stopped. */
async function askAll({ model, device, adapter, strength, rows, signal, onEvent }: Session, losses: readonly Losses[]): Promise<boolean> {
  const decoder = await device.guard(model.loaded.createDecoder(adapter))
  const before = losses.some(([base, tuned]) => base > 0 || tuned > 0) ? 0.5 : 0
  try {
    for (const [index, row] of rows.entries()) {
      const outcomes: RowOutcome[] = []
      for (const [side, adapterStrength] of [0, strength].entries()) {
        const said = row.question && (await device.guard(answerOf(row, decoder, model, adapterStrength, signal)))
        if (signal.aborted) return false
        outcomes.push({ lossSum: losses[index]![side]!, ...(said !== undefined && { said }) })
      }
      const { row: number, kind, input, expected, targets } = row
      const [base, tuned] = outcomes
      onEvent({ kind: 'row', row: { row: number, kind, input, targets, base: base!, tuned: tuned!, ...(expected !== undefined && { expected }) } })
      onEvent({ kind: 'progress', share: before + ((1 - before) * (index + 1)) / rows.length })
    }
    return true
  } finally {
    decoder.destroy()
  }
}

async function answerOf({ question }: PreparedRow, decoder: Decoder, { tokenizer }: OpenModel, adapterStrength: number, signal: AbortSignal): Promise<string> {
  const { prompt, maxTokens } = question!
  // A prompt as long as the context leaves no room for a word.
  if (prompt.length >= decoder.contextLength) return ''
  const options = { ...GREEDY, stopStrings: [], maxTokens, adapterStrength }
  const text = new TextStream(tokenizer, prompt)
  const answer = await makeAnswer({ decoder, prompt, options, endIds: tokenizer.endIds, text, signal, onText: () => undefined })
  return answer.text
}

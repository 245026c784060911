/** Base against tuned over many rows: losses first, by the step that also trains, then greedy answers, row by row. */
import { atStrength } from '../adapters/scale.ts'
import type { LoraAdapter, Score } from '../adapters/types.ts'
import { epochOrder } from '../data/batch/shuffle.ts'
import { evaluationBatches } from '../data/batch/source.ts'
import { readDataset } from '../data/read/read-dataset.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Example, Message, ReadParquet, Template, TokenizedExample } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { makeAnswer } from '../generate/answer.ts'
import { GREEDY } from '../generate/sampling.ts'
import type { Decoder } from '../generate/types.ts'
import type { Answering } from './answering.ts'
import type { EngineRoom } from './engine-room.ts'
import { prepareRow, withExamples, type PreparedRow } from './evaluation-rows.ts'
import { asTurns, checkExamples } from './few-shot.ts'
import type { OpenData } from './open-data.ts'
import { checkBase, checkTokens, type OpenModel } from './open-model.ts'
import { scoreOf } from './score.ts'
import type { Shelf } from './shelf.ts'
import type { EvaluatedRow, EvaluationEvent, EvaluationRequest, RowOutcome } from './try-types.ts'
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
  /** Seconds. */
  clock: () => number
  /** ISO 8601. */
  now: () => string
}

/** What is measured on, and how a receipt names it. */
interface MeasuredOn {
  examples: readonly Example[]
  data: Score['data']
}

/** One evaluation under way. */
interface Session {
  model: OpenModel
  device: WatchedEngine
  adapter: LoraAdapter
  strength: number
  rows: readonly PreparedRow[]
  signal: AbortSignal
  clock: () => number
  onEvent: (event: EvaluationEvent) => void
}

export class Evaluation {
  readonly #parts: EvaluationParts

  constructor(parts: EvaluationParts) {
    this.#parts = parts
  }

  /** Throws HomespunError 'no-model', 'adapter-not-found', 'adapter-other-base', 'no-data', 'no-rows', 'gpu-lost', and what `checkExamples` and reading a file throw. */
  async evaluate(request: EvaluationRequest, onEvent: (event: EvaluationEvent) => void): Promise<{ whole: boolean }> {
    const on = await this.#measuredOn(request.rows)
    await this.#parts.answering.clear()
    const rows: EvaluatedRow[] = []
    const hear = (event: EvaluationEvent) => {
      if (event.kind === 'row') rows.push(event.row)
      onEvent(event)
    }
    const whole = await this.#parts.answering.inTurn((signal) => this.#evaluate(request, on.examples, signal, hear))
    if (whole && request.what === 'scores') {
      const test = { measuredAt: this.#parts.now(), data: on.data, of: on.examples.length, request, rows }
      await this.#parts.shelf.addScore(request.adapterId, scoreOf(test))
    }
    return { whole }
  }

  async #measuredOn(rows: EvaluationRequest['rows']): Promise<MeasuredOn> {
    if (typeof rows !== 'string') {
      const { examples, name, hash } = await readDataset(rows, rows.name, this.#parts.parquet && { parquet: this.#parts.parquet })
      return { examples, data: { name, hash } }
    }
    const open = this.#parts.data()
    const { dataset, split } = open
    return { examples: split[rows].map((index) => dataset.examples[index]!), data: { name: dataset.name, hash: await open.identity(), part: rows } }
  }

  /** Training rows as turns, always the same ones for a number of them. */
  #shots(wanted: number | undefined, template: Template): Message[][] | undefined {
    if (wanted === undefined) return undefined
    const { dataset, split } = this.#parts.data()
    const usable = split.training.map((index) => dataset.examples[index]!).filter((example) => asTurns(example))
    checkExamples(template, wanted, usable.length)
    return sampleOf(usable, wanted).map((example) => asTurns(example)!)
  }

  async #evaluate(
    request: EvaluationRequest, examples: readonly Example[], signal: AbortSignal, onEvent: (event: EvaluationEvent) => void,
  ): Promise<boolean> {
    const { adapterId, strength, most, what } = request
    const { room, shelf, clock } = this.#parts
    const [model, device] = [await room.model(), await room.device()]
    const { record, adapter } = await shelf.get(adapterId)
    checkBase(record.base, model)
    const shots = this.#shots(request.examples, record.template)
    const { rows, skipped } = prepare(sampleOf(examples, most), model, record.template, what, shots)
    if (rows.length === 0) {
      throw new HomespunError('no-rows', skipped[0]?.message ?? 'There is no row to measure.', { fix: 'Set rows aside in the Data room, or choose a file.' })
    }
    onEvent({ kind: 'started', rows: rows.length, of: examples.length, skipped })
    const session = { model, device, adapter, strength, rows, signal, clock, onEvent }
    const losses = what === 'scores' ? await measureLosses(session) : rows.map(() => ({ base: 0, tuned: 0, shown: 0 }))
    return losses !== undefined && askAll(session, losses)
  }
}

/** At most `most` of them, spread over all, in their order. */
function sampleOf(examples: readonly Example[], most: number): Example[] {
  if (examples.length <= most) return [...examples]
  return [...epochOrder(SAMPLE_SEED, 0, examples.length).subarray(0, most)].sort((a, b) => a - b).map((index) => examples[index]!)
}

function prepare(
  examples: readonly Example[], model: OpenModel, template: Template, what: EvaluationRequest['what'], shots: readonly Message[][] | undefined,
) {
  const rows: PreparedRow[] = []
  const skipped: { row: number; message: string }[] = []
  for (const example of examples) {
    try {
      const alone = prepareRow(example, model, template, what)
      const row = shots ? withExamples(alone, example, shots, model, template) : alone
      checkTokens((row.shown ?? row).example.tokens, model)
      rows.push(row)
    } catch (error) {
      if (!(error instanceof HomespunError)) throw error
      skipped.push({ row: example.row, message: error.message })
    }
  }
  return { rows, skipped }
}

interface Losses {
  base: number
  tuned: number
  shown: number
}

/** Loss sums of each row, base and tuned; undefined where it was stopped. Losses count for half of the progress. */
async function measureLosses(session: Session): Promise<Losses[] | undefined> {
  const { adapter, strength, rows, onEvent } = session
  const shown = rows.flatMap((row) => row.shown?.example ?? [])
  const all = 2 * rows.length + shown.length
  let done = 0
  const told = () => onEvent({ kind: 'progress', share: ++done / all / 2 })
  const off = atStrength(adapter, 0)
  const sums = await lossSums(session, rows.map(({ example }) => example), [off, atStrength(adapter, strength)], told)
  const ofShown = sums && (await lossSums(session, shown, [off], told))
  return ofShown && rows.map((_, index) => ({ base: sums[0]![index]!, tuned: sums[1]![index]!, shown: ofShown[0]?.[index] ?? 0 }))
}

/** By adapter, one sum an example. */
async function lossSums(
  { model, device, adapter, signal }: Session, examples: readonly TokenizedExample[], speakers: readonly LoraAdapter[], told: () => void,
): Promise<number[][] | undefined> {
  const batches = evaluationBatches(examples, 1)
  if (batches.length === 0) return []
  const request = { lora: adapter.config, layout: batches[0]!.layout, settings: STEP_SETTINGS }
  const step = await device.guard(model.loaded.createStep(request, speakers[0]!))
  const sums: number[][] = speakers.map(() => [])
  try {
    for (const [index, speaker] of speakers.entries()) {
      step.writeAdapter(speaker)
      for (const batch of batches) {
        if (signal.aborted) return undefined
        sums[index]!.push(batch.weightSum > 0 ? (await device.guard(step.evaluate(batch))).lossSum : 0)
        told()
      }
    }
    return sums
  } finally {
    step.destroy()
  }
}

/** Answers every row that asks something; false where it was stopped. */
async function askAll(session: Session, losses: readonly Losses[]): Promise<boolean> {
  const { model, device, adapter, strength, rows, signal, onEvent } = session
  const decoder = await device.guard(model.loaded.createDecoder(adapter))
  const before = losses.some(({ base, tuned }) => base > 0 || tuned > 0) ? 0.5 : 0
  try {
    for (const [index, row] of rows.entries()) {
      const { base, tuned, shown: shownLoss } = losses[index]!
      const ask = async (lossSum: number, prompt: readonly number[] | undefined, at: number): Promise<RowOutcome> =>
        prompt === undefined || signal.aborted ? { lossSum } : { lossSum, ...(await answerOf(session, row, prompt, decoder, at)) }
      const { row: number, kind, input, expected, targets, question, shown } = row
      const outcome = {
        row: number, kind, input, targets, ...(expected !== undefined && { expected }),
        base: await ask(base, question?.prompt, 0), tuned: await ask(tuned, question?.prompt, strength),
        ...(shown && { shown: { examples: shown.examples, ...(await ask(shownLoss, shown.prompt, 0)) } }),
      }
      if (signal.aborted) return false
      onEvent({ kind: 'row', row: outcome })
      onEvent({ kind: 'progress', share: before + ((1 - before) * (index + 1)) / rows.length })
    }
    return true
  } finally {
    decoder.destroy()
  }
}

async function answerOf(
  { model: { tokenizer }, device, signal, clock }: Session, { question }: PreparedRow, prompt: readonly number[], decoder: Decoder, adapterStrength: number,
): Promise<Required<Pick<RowOutcome, 'said' | 'asking'>>> {
  // A prompt as long as the context leaves no room for a word.
  if (prompt.length >= decoder.contextLength) return { said: '', asking: { promptTokens: prompt.length, tokens: 0, seconds: 0 } }
  const options = { ...GREEDY, stopStrings: [], maxTokens: question!.maxTokens, adapterStrength }
  const [text, begun] = [new TextStream(tokenizer, prompt), clock()]
  const answer = await device.guard(makeAnswer({ decoder, prompt, options, endIds: tokenizer.endIds, text, signal, onText: () => undefined }))
  return { said: answer.text, asking: { promptTokens: prompt.length, tokens: answer.tokens, seconds: clock() - begun } }
}

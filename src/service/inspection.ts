/** An answer looked at token by token: one pass of the base over prompt and answer, and one of the tuned model. */
import { atStrength } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { packMicroBatch } from '../data/batch/pack.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Tokenizer } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import type { Sequences } from '../generate/forward-graph.ts'
import { answerOdds, type TokenOdds } from '../generate/token-odds.ts'
import type { Answering } from './answering.ts'
import type { EngineRoom } from './engine-room.ts'
import { checkBase, checkTokens, type OpenModel } from './open-model.ts'
import type { LoadedModel } from './ports.ts'
import type { Shelf } from './shelf.ts'
import type { AlternativeToken, InspectedToken, InspectRequest } from './try-types.ts'

const MOST_ALTERNATIVES = 8
/** Lengths are rounded up, so that answers of similar length share their kernels. */
const LENGTH_MULTIPLE = 32
/** Logits that are made at a time: those of a large vocabulary would not fit one buffer. */
const MOST_LOGIT_BYTES = 64 * 2 ** 20

export interface AnswerTokens {
  promptIds: readonly number[]
  ids: readonly number[]
  /** Of a model with an encoder: what its decoder begins with, while the prompt is read by the encoder. */
  startId: number | undefined
}

type Logits = Pick<LoadedModel, 'logits' | 'vocabularySize' | 'contextLength'>

const roundUp = (value: number, multiple: number, most: number) => Math.max(value, Math.min(Math.ceil(value / multiple) * multiple, most))

/** Prompt and answer as one pass, without the rows that are wanted. */
function wholeAnswer({ promptIds, ids, startId }: AnswerTokens, contextLength: number): { batch: Sequences; opening: number } {
  const opening = startId === undefined ? promptIds : [startId]
  const tokens = Uint32Array.from([...opening, ...ids])
  const source = startId === undefined ? undefined : Uint32Array.from(promptIds)
  const layout = {
    rows: 1, rowLength: roundUp(tokens.length, LENGTH_MULTIPLE, contextLength), targetCapacity: 1,
    ...(source && { sourceLength: roundUp(source.length, LENGTH_MULTIPLE, contextLength) }),
  }
  const example = { row: 0, tokens, weights: new Float32Array(tokens.length), truncated: 0, ...(source && { source }) }
  return { batch: packMicroBatch([example], layout), opening: opening.length }
}

/**
 * Logits [answer, vocabulary] of the places where each token of an answer was chosen; `between` is called before each pass.
 * Throws what the engine throws.
 */
export async function answerLogits(
  model: Logits, answer: AnswerTokens, adapter: LoraAdapter | undefined, between: () => void = () => undefined,
): Promise<Float32Array> {
  const { batch, opening } = wholeAnswer(answer, model.contextLength)
  const { vocabularySize } = model
  const count = answer.ids.length
  const atOnce = Math.max(1, Math.min(batch.tokens.length, Math.floor(MOST_LOGIT_BYTES / (4 * vocabularySize))))
  const all = new Float32Array(count * vocabularySize)
  for (let begin = 0; begin < count; begin += atOnce) {
    between()
    const rows = Math.min(atOnce, count - begin)
    const wanted = Uint32Array.from({ length: roundUp(rows, LENGTH_MULTIPLE, atOnce) }, (_, i) => opening - 1 + begin + Math.min(i, rows - 1))
    all.set((await model.logits({ ...batch, wanted }, adapter)).subarray(0, rows * vocabularySize), begin * vocabularySize)
  }
  return all
}

/** What the tokens of an answer are called, where each stands. */
function withTexts(places: ReturnType<typeof answerOdds>, promptIds: readonly number[], tokenizer: Tokenizer): InspectedToken[] {
  const stream = new TextStream(tokenizer, promptIds)
  const written = (id: number) => (tokenizer.specialIds.has(id) ? tokenizer.decode([id]) : tokenizer.tokenText(id))
  const named = (odds: TokenOdds): AlternativeToken => ({ ...odds, text: written(odds.id) })
  return places.map(({ alternatives, ...place }) => ({
    ...place, text: stream.push(place.id), written: written(place.id), special: tokenizer.specialIds.has(place.id), alternatives: alternatives.map(named),
  }))
}

export class Inspection {
  readonly #parts: { room: EngineRoom; shelf: Shelf; answering: Answering }

  constructor(parts: { room: EngineRoom; shelf: Shelf; answering: Answering }) {
    this.#parts = parts
  }

  /** Throws HomespunError 'no-model', 'adapter-not-found', 'adapter-other-base', 'token-out-of-range', 'prompt-too-long', 'gpu-lost', 'cancelled'. */
  inspect(request: InspectRequest): Promise<InspectedToken[]> {
    return this.#parts.answering.inTurn((signal) => this.#inspect(request, signal))
  }

  async #inspect({ promptIds, ids, adapterId, strength }: InspectRequest, signal: AbortSignal): Promise<InspectedToken[]> {
    const { room, shelf } = this.#parts
    const model = await room.model()
    const device = await room.device()
    const adapter = adapterId === undefined ? undefined : await adapterFor(shelf, adapterId, model)
    const { tokenizer, loaded } = model
    checkTokens([...promptIds, ...ids], model)
    const answer = { promptIds, ids, startId: tokenizer.decoderStartId }
    const between = () => {
      if (signal.aborted) throw new HomespunError('cancelled', 'Looking at the answer was stopped.')
    }
    const { vocabularySize } = loaded
    const base = await device.guard(answerLogits(loaded, answer, undefined, between))
    const tuned = adapter && (await device.guard(answerLogits(loaded, answer, atStrength(adapter, strength), between)))
    return withTexts(answerOdds(ids, { vocabularySize, base, tuned }, MOST_ALTERNATIVES), promptIds, tokenizer)
  }
}

async function adapterFor(shelf: Shelf, id: string, model: OpenModel): Promise<LoraAdapter> {
  const { record, adapter } = await shelf.get(id)
  checkBase(record.base, model)
  return adapter
}

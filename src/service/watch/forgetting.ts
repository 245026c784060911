/** How far a model has moved where it was not asked to: on a passage that no one's data is about. */
import type { LoraAdapter } from '../../adapters/types.ts'
import { textTokens } from '../../data/render/tokenize.ts'
import { meanDivergence } from '../../generate/divergence.ts'
import { answerLogits, type AnswerTokens } from '../inspection.ts'
import type { OpenModel } from '../open-model.ts'
import type { WatchedEngine } from '../watched-engine.ts'

/** Plain sentences, so that a model of any size has something to say to them. */
const OPENING = 'It was a cold day in winter.'
const PASSAGE =
  ' A boy walked home from school with his dog. There was snow on the road, and the sky was dark. His mother opened the door and ' +
  'gave him a cup of hot tea. "What did you do today?" she asked. He sat down at the table and told her about his friends.'
/** The base's logits are kept for the whole run. */
const MOST_TOKENS = 48

export class Forgetting {
  readonly #model: OpenModel
  readonly #device: WatchedEngine
  #base: Promise<Float32Array> | undefined

  constructor(model: OpenModel, device: WatchedEngine) {
    this.#model = model
    this.#device = device
  }

  /** Mean KL(base ‖ now) over the passage, in nats a token. Throws what the engine throws. */
  async measure(adapter: LoraAdapter): Promise<number> {
    this.#base ??= this.#logits(undefined)
    return meanDivergence(await this.#base, await this.#logits(adapter), this.#model.loaded.vocabularySize)
  }

  #logits(adapter: LoraAdapter | undefined): Promise<Float32Array> {
    const { tokenizer, loaded } = this.#model
    const ids = tokenizer.encode(PASSAGE, { after: 'text' }).slice(0, MOST_TOKENS)
    const passage: AnswerTokens = { promptIds: textTokens(OPENING, tokenizer), ids, startId: tokenizer.decoderStartId }
    return this.#device.guard(answerLogits(loaded, passage, adapter))
  }
}

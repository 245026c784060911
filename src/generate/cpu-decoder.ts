/** A decoder whose engine only gives logits: the next token is sampled on the CPU. */
import type { LanguageModel } from '../models/types.ts'
import { openingOf } from './opening.ts'
import { checkPrompt } from './prompt-check.ts'
import { sampleToken } from './sampling.ts'
import type { Decoder, SamplingOptions } from './types.ts'

const DEFAULT_CONTEXT = 2048
/** Tokens of the prompt fed at once: attention keeps this many times the context in scores. */
const PREFILL_CHUNK = 256

/** One answer under way: its keys and values. */
export interface DecodeState {
  /** Logits of the last of `tokens`, which follow `fed` others. */
  feed(tokens: readonly number[], fed: number, adapterStrength: number): Promise<Float32Array<ArrayBuffer>>
  free(): void
}

export interface DecodeEngine {
  /** Reads a source, where the model has an encoder: it is empty elsewhere. */
  begin(source: readonly number[], adapterStrength: number): Promise<DecodeState>
  destroy(): void
}

type DecodedModel = Pick<LanguageModel, 'contextLength' | 'vocabularySize' | 'encoder'>

export class CpuDecoder implements Decoder {
  readonly contextLength: number
  readonly #engine: DecodeEngine
  readonly #model: DecodedModel

  constructor(engine: DecodeEngine, model: DecodedModel, { contextLength = DEFAULT_CONTEXT }: { contextLength?: number } = {}) {
    this.contextLength = Math.min(model.contextLength, contextLength)
    this.#model = model
    this.#engine = engine
  }

  async *decode(prompt: readonly number[], sampling: SamplingOptions & { adapterStrength: number }): AsyncGenerator<number, void, void> {
    checkPrompt(prompt, this.contextLength, this.#model.vocabularySize)
    const { source, tokens: first } = openingOf(this.#model.encoder, prompt)
    const state = await this.#engine.begin(source, sampling.adapterStrength)
    try {
      const seen = new Set(first)
      let next = first
      let fed = 0
      for (let made = 0; made < this.contextLength - first.length; made++) {
        let logits = new Float32Array()
        for (let begin = 0; begin < next.length; begin += PREFILL_CHUNK) {
          const tokens = next.slice(begin, begin + PREFILL_CHUNK)
          logits = await state.feed(tokens, fed, sampling.adapterStrength)
          fed += tokens.length
        }
        const token = sampleToken(logits, seen, sampling, made)
        seen.add(token)
        yield token
        next = [token]
      }
    } finally {
      state.free()
    }
  }

  destroy(): void {
    this.#engine.destroy()
  }
}

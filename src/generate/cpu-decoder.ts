/** A decoder whose engine only gives logits: the next token is sampled on the CPU. */
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
  begin(): DecodeState
  destroy(): void
}

export class CpuDecoder implements Decoder {
  readonly contextLength: number
  readonly #engine: DecodeEngine
  readonly #vocabularySize: number

  constructor(engine: DecodeEngine, model: { contextLength: number; vocabularySize: number }, { contextLength = DEFAULT_CONTEXT }: { contextLength?: number } = {}) {
    this.contextLength = Math.min(model.contextLength, contextLength)
    this.#vocabularySize = model.vocabularySize
    this.#engine = engine
  }

  async *decode(prompt: readonly number[], sampling: SamplingOptions & { adapterStrength: number }): AsyncGenerator<number, void, void> {
    checkPrompt(prompt, this.contextLength, this.#vocabularySize)
    const state = this.#engine.begin()
    try {
      const seen = new Set(prompt)
      let next: readonly number[] = prompt
      let fed = 0
      for (let made = 0; made < this.contextLength - prompt.length; made++) {
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

/** A real decoder on the CPU: next token by a table of logits, chosen by the reference sampler; a token is one byte. */
import { HomespunError } from '../../src/errors.ts'
import type { TokenText } from '../../src/generate/answer.ts'
import { sampleToken } from '../../src/generate/sampling.ts'
import type { Decoder, SamplingOptions } from '../../src/generate/types.ts'

/** Logits after token `id`: 9 for each follower, in the given order of preference 9, 8, 7 …; 0 elsewhere. */
export class BigramDecoder implements Decoder {
  readonly contextLength: number
  readonly #logits: (id: number, position: number) => number[]
  /** Tokens made, whoever took them. */
  made = 0
  /** True once the caller has let go of the generator. */
  ended = false

  constructor(contextLength: number, logits: (id: number, position: number) => number[]) {
    this.contextLength = contextLength
    this.#logits = logits
  }

  async *decode(prompt: readonly number[], sampling: SamplingOptions): AsyncGenerator<number, void, void> {
    const seen = [...prompt]
    try {
      for (let draw = 0; seen.length < this.contextLength; draw++) {
        await new Promise((resolve) => setImmediate(resolve))
        const logits = this.#logits(seen.at(-1)!, seen.length)
        if (seen.some((id) => id >= logits.length)) throw new HomespunError('token-out-of-range', 'A token is outside the vocabulary.')
        const id = sampleToken(logits, seen, sampling, draw)
        this.made++
        seen.push(id)
        yield id
      }
    } finally {
      this.ended = true
    }
  }

  destroy(): void {}
}

/** A decoder that greedily spells `text` byte by byte after a prompt of `promptLength`, then token 0, its end. */
export function speller(text: string, promptLength: number, contextLength = 1000): BigramDecoder {
  const bytes = new TextEncoder().encode(text)
  return new BigramDecoder(contextLength, (_, position) => {
    const logits = new Array<number>(256).fill(0)
    logits[bytes[position - promptLength] ?? 0] = 9
    return logits
  })
}

/** UTF-8 bytes to text, whole characters only. */
export function byteText(): TokenText {
  const decoder = new TextDecoder()
  return { push: (id) => decoder.decode(Uint8Array.of(id), { stream: true }), flush: () => decoder.decode() }
}

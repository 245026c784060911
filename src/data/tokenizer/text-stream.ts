/** Tokens to text while they come, without characters that are half there (F110). */
import type { Tokenizer } from '../types.ts'

/** Tokens of the prompt that the first answer token is decoded after, so that its leading space is seen. */
const CONTEXT = 4
/** A character is at most four bytes, so more tokens than this waiting mean that no character will come of them. */
const MOST_WAITING = 16

/**
 * Text of a growing sequence. Each push decodes a short window twice, as Text Generation Inference does: the tokens
 * whose text is out, and the same with the new ones; the difference is new text. A "\uFFFD" at the end may be the
 * beginning of a character, so it waits for the next token. Special tokens give no text.
 */
export class TextStream {
  readonly #tokenizer: Pick<Tokenizer, 'decode'>
  #ids: number[]
  /** Tokens of the window whose text is out. */
  #done: number
  /** Characters of the waiting tokens that are out already. */
  #given = 0

  /** `prompt`: the ids before the answer; where an encoder reads them, the answer does not go on from there. */
  constructor(tokenizer: Pick<Tokenizer, 'decode'> & Partial<Pick<Tokenizer, 'decoderStartId'>>, prompt: readonly number[] = []) {
    this.#tokenizer = tokenizer
    this.#ids = tokenizer.decoderStartId === undefined ? prompt.slice(-CONTEXT) : []
    this.#done = this.#ids.length
  }

  /** The text that became certain with this token; often "". */
  push(id: number): string {
    this.#ids.push(id)
    const text = this.#waiting()
    const certain = text.endsWith('\uFFFD') && this.#ids.length - this.#done <= MOST_WAITING ? text.slice(0, -1) : text
    const fresh = certain.slice(this.#given)
    if (certain === text && text !== '') {
      this.#ids = this.#ids.slice(-Math.max(CONTEXT, this.#ids.length - this.#done))
      this.#done = this.#ids.length
      this.#given = 0
    } else {
      this.#given = Math.max(this.#given, certain.length)
    }
    return fresh
  }

  /** What is left at the end: whole characters only. */
  flush(): string {
    const rest = this.#waiting().slice(this.#given)
    this.#done = this.#ids.length
    this.#given = 0
    return rest.replace(/\uFFFD+$/, '')
  }

  #waiting(): string {
    const before = this.#tokenizer.decode(this.#ids.slice(0, this.#done), { skipSpecial: true })
    return this.#tokenizer.decode(this.#ids, { skipSpecial: true }).slice(before.length)
  }
}

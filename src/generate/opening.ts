/** How an answer begins. */
import type { Encoder } from '../models/types.ts'

export interface Opening {
  /** What the encoder reads before anything is written; nothing where there is none. */
  readonly source: readonly number[]
  /** What the decoder reads before it writes. */
  readonly tokens: readonly number[]
}

/** A decoder goes on from the prompt; one with an encoder begins anew, and looks at the prompt from there. */
export const openingOf = (encoder: Encoder | undefined, prompt: readonly number[]): Opening =>
  encoder ? { source: prompt, tokens: [encoder.startToken] } : { source: [], tokens: prompt }

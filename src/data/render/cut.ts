/** Examples that are longer than they may be. */
import type { TokenizedExample } from '../types.ts'

/** Tokens of an example in all: those of its source too. */
export const exampleTokens = ({ tokens, source }: Pick<TokenizedExample, 'tokens' | 'source'>): number => tokens.length + (source?.length ?? 0)

/** Of tokens and source the longer one: each may be as long as the model reads. */
export const exampleLength = ({ tokens, source }: Pick<TokenizedExample, 'tokens' | 'source'>): number => Math.max(tokens.length, source?.length ?? 0)

/** The first `maxLength` tokens, and as many of the source, whose end token stays; what is left out is counted in `truncated`. */
export function cutExample(example: TokenizedExample, maxLength: number): TokenizedExample {
  const { tokens, weights, source, truncated } = example
  if (exampleLength(example) <= maxLength) return example
  const cut = { ...example, tokens: tokens.subarray(0, maxLength), weights: weights.subarray(0, maxLength), ...(source && { source: cutSource(source, maxLength) }) }
  return { ...cut, truncated: truncated + exampleTokens(example) - exampleTokens(cut) }
}

/** Of each token of an example, and of its source, whether `cutExample` leaves it out. */
export function cutAway({ tokens, source }: Pick<TokenizedExample, 'tokens' | 'source'>, maxLength: number): { tokens: boolean[]; source: boolean[] } {
  const lastOfSource = (source?.length ?? 0) - 1
  return {
    tokens: Array.from(tokens, (_, index) => index >= maxLength),
    source: Array.from(source ?? [], (_, index) => lastOfSource >= maxLength && index >= maxLength - 1 && index < lastOfSource),
  }
}

const cutSource = (source: Uint32Array, maxLength: number): Uint32Array =>
  source.length <= maxLength ? source : Uint32Array.of(...source.subarray(0, maxLength - 1), ...source.subarray(-1))

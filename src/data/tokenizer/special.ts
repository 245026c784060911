/** Special tokens in text: found where they are meant, shielded where data only writes them (F49). */
import type { AddedToken } from './files.ts'

/**
 * A noncharacter put inside a special token's written form in data, so that it is no token any more once a chat template
 * has put the data between real ones. Encoding drops it.
 */
export const SHIELD = '\uFDD0'

/** `content` with every written special token shielded. */
export function shieldSpecial(content: string, specialTokens: readonly string[]): string {
  let shielded = content
  for (const token of specialTokens) {
    const first = String.fromCodePoint(token.codePointAt(0) ?? 0)
    if (shielded.includes(token)) shielded = shielded.replaceAll(token, first + SHIELD + token.slice(first.length))
  }
  return shielded
}

/** A value of JSON with every text in it shielded. */
export function shieldDeep<T>(value: T, specialTokens: readonly string[]): T
export function shieldDeep(value: unknown, specialTokens: readonly string[]): unknown {
  if (typeof value === 'string') return shieldSpecial(value, specialTokens)
  if (Array.isArray(value)) return value.map((inner: unknown) => shieldDeep(inner, specialTokens))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]: [string, unknown]) => [shieldSpecial(key, specialTokens), shieldDeep(inner, specialTokens)]))
}

/** Parts a text at its special tokens, the longest one first, as the libraries do. */
export class SpecialSplitter {
  /** Longest first. */
  readonly contents: readonly string[]
  readonly #tokens: ReadonlyMap<string, AddedToken>
  readonly #pattern: RegExp | undefined

  constructor(tokens: readonly AddedToken[]) {
    this.#tokens = new Map(tokens.map((token) => [token.content, token]))
    this.contents = [...this.#tokens.keys()].sort((a, b) => b.length - a.length)
    const escaped = this.contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    this.#pattern = escaped.length === 0 ? undefined : new RegExp(`(${escaped.join('|')})`)
  }

  /** Text and ids of special tokens in turn; a token's lstrip and rstrip eat the white space beside it. */
  split(text: string): (string | number)[] {
    if (!this.#pattern) return text === '' ? [] : [text]
    const pieces = text.split(this.#pattern)
    const parts: (string | number)[] = []
    for (const [index, piece] of pieces.entries()) {
      const token = index % 2 === 1 ? this.#tokens.get(piece) : undefined
      if (token) {
        parts.push(token.id)
        continue
      }
      const before = this.#tokens.get(pieces[index - 1] ?? '')
      const next = this.#tokens.get(pieces[index + 1] ?? '')
      const fromStart = before?.rstrip ? piece.trimStart() : piece
      const trimmed = next?.lstrip ? fromStart.trimEnd() : fromStart
      if (trimmed !== '') parts.push(trimmed)
    }
    return parts
  }

  /** Where the first special token is written, if any is. */
  find(text: string): number | undefined {
    const at = this.#pattern ? text.search(this.#pattern) : -1
    return at < 0 ? undefined : at
  }
}

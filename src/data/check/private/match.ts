/** Something in a text that should not be there, and where. */

export type PrivateKind = 'email' | 'phone' | 'card' | 'iban' | 'ip' | 'name' | 'secret'

export interface PrivateMatch {
  kind: PrivateKind
  start: number
  end: number
  /** In one form, however it is written: the same person or number has the same. */
  value: string
  /** What it is, for the person: "an e-mail address". */
  what: string
}

export type Finder = (text: string) => PrivateMatch[]

/** Matches of a pattern, or of its first group where it has one, as far as `valueOf` gives them a value. */
export function matchesOf(
  text: string, pattern: RegExp, kind: PrivateKind, what: string, valueOf: (found: string, at: number) => string | undefined,
): PrivateMatch[] {
  const matches: PrivateMatch[] = []
  for (const match of text.matchAll(pattern)) {
    const found = match[1] ?? match[0]
    const start = match.index + (match[1] === undefined ? 0 : match[0].lastIndexOf(found))
    const value = valueOf(found, start)
    if (value !== undefined) matches.push({ kind, start, end: start + found.length, value, what })
  }
  return matches
}

/** The first of those that overlap, by the order in which the finders stand. */
export function findAll(text: string, finders: readonly Finder[]): PrivateMatch[] {
  const kept: PrivateMatch[] = []
  for (const find of finders) {
    for (const match of find(text)) {
      if (kept.every(({ start, end }) => match.end <= start || match.start >= end)) kept.push(match)
    }
  }
  return kept.sort((one, two) => one.start - two.start)
}

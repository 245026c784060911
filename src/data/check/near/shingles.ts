/** A text as the set of its pairs of neighbouring words, each a hash. */
import { mix } from '../text-index.ts'
import { eachWord } from '../words.ts'

/** How much of a text is looked at. */
export const MOST_WORDS = 4000
const MOST_CHARACTERS = 40_000

/** The hashes of neighbouring words; of the word itself where there is but one. Written into `into` from `at`; gives the end. */
export function shingle(text: string, into: Int32Array, at: number, seed: number): number {
  let previous = 0
  let words = 0
  let end = at
  eachWord(text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text, MOST_WORDS, (word) => {
    if (words++ > 0) into[end++] = mix(Math.imul(previous, 31) + word + seed)
    previous = word
  })
  if (words === 1) into[end++] = mix(previous + seed)
  return end
}

/** How much two sets of shingles have in common, 0 … 1 (Jaccard); two empty ones are alike. */
export function likeness(one: Int32Array, other: Int32Array): number {
  const [first, second] = [new Set(one), new Set(other)]
  let shared = 0
  for (const item of first) if (second.has(item)) shared++
  const all = first.size + second.size - shared
  return all === 0 ? 1 : shared / all
}

/** Which words of two answers differ. */
import { diffArrays } from 'diff'

/** A stretch of a text, [begin, end) in its characters. */
export type Stretch = readonly [begin: number, end: number]

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** Words of any script, with their places; spaces and punctuation count for nothing. */
function wordsOf(text: string): { word: string; at: Stretch }[] {
  return Array.from(segmenter.segment(text))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment, index }) => ({ word: segment, at: [index, index + segment.length] as const }))
}

/** The words of each text that the other has not at that place: those that went, and those that came. */
export function changedWords(before: string, after: string): { gone: Stretch[]; come: Stretch[] } {
  const [one, two] = [wordsOf(before), wordsOf(after)]
  const gone: Stretch[] = []
  const come: Stretch[] = []
  let i = 0
  let j = 0
  for (const { added, removed, count } of diffArrays(one, two, { comparator: (a, b) => a.word === b.word })) {
    if (removed) gone.push(...one.slice(i, i + count).map(({ at }) => at))
    if (added) come.push(...two.slice(j, j + count).map(({ at }) => at))
    if (!added) i += count
    if (!removed) j += count
  }
  return { gone, come }
}

/** A text in pieces, each within one of the stretches or outside all of them. */
export function inPieces(text: string, stretches: readonly Stretch[]): { text: string; marked: boolean }[] {
  const pieces: { text: string; marked: boolean }[] = []
  let done = 0
  for (const [begin, end] of stretches) {
    pieces.push({ text: text.slice(done, begin), marked: false }, { text: text.slice(begin, end), marked: true })
    done = end
  }
  pieces.push({ text: text.slice(done), marked: false })
  return pieces.filter((piece) => piece.text !== '')
}

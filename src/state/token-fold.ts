/** Which tokens of a very long row are shown at once: its beginning, where learning begins, where it is cut, and its end. */
import type { PreviewToken } from '../service/types.ts'

/** From … to, without `to`. */
export type Stretch = readonly [from: number, to: number]

export interface FoldPiece {
  from: number
  to: number
  folded: boolean
}

/** A row of so many tokens is shown whole. */
const WHOLE = 240
const AT_THE_START = 60
const AROUND = 24
const AT_THE_END = 40
/** A shorter gap is shown: a fold would take as much room. */
const SHORTEST_FOLD = 40

/** The row in pieces, in order. `opened`: what a person has unfolded. */
export function foldTokens(tokens: readonly PreviewToken[], opened: readonly Stretch[]): FoldPiece[] {
  const { length } = tokens
  if (length <= WHOLE) return length === 0 ? [] : [{ from: 0, to: length, folded: false }]
  const turns = [tokens.findIndex(({ learnt }) => learnt), tokens.findIndex(({ cut }) => cut)].filter((index) => index >= 0)
  const shown: Stretch[] = [[0, AT_THE_START], ...turns.map((at): Stretch => [at - AROUND, at + AROUND]), [length - AT_THE_END, length], ...opened]
  const pieces: FoldPiece[] = []
  let done = 0
  for (const [from, to] of shown.toSorted(([one], [other]) => one - other)) {
    const end = Math.min(to, length)
    if (end <= done) continue
    const begin = from - done < SHORTEST_FOLD ? done : from
    if (begin > done) pieces.push({ from: done, to: begin, folded: true })
    const last = pieces.at(-1)
    if (last && !last.folded) last.to = end
    else pieces.push({ from: begin, to: end, folded: false })
    done = end
  }
  return pieces
}

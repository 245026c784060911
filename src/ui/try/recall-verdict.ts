/** What it means that rows come back word for word, in plain words, by stated rules. */
import { isRecalled } from '../../generate/scoring.ts'
import type { EvaluatedRow } from '../../service/types.ts'
import { formatPlural } from '../../state/format.ts'

/** Shorter answers come about without having been remembered. */
const FEWEST_WORDS = 5
/** Shares of the long rows from which on it is said so. */
const SOME = 0.1
const MOST = 0.5

const words = (text: string) => text.trim().split(/\s+/).length

export interface Recalled {
  row: EvaluatedRow
  base: boolean
  tuned: boolean
}

/** The rows that are long enough to tell, and whether they came back. Scripts without spaces count characters by fours. */
export function recalledRows(rows: readonly EvaluatedRow[]): Recalled[] {
  return rows.flatMap((row) => {
    const { expected } = row
    if (expected === undefined || Math.max(words(expected), expected.length / 20) < FEWEST_WORDS) return []
    return [{ row, base: isRecalled(row.base.said ?? '', expected), tuned: isRecalled(row.tuned.said ?? '', expected) }]
  })
}

export interface RecallVerdict {
  /** Rows that were long enough, and how many of them each said word for word. */
  of: number
  base: number
  tuned: number
  title: string
  /** What it means. */
  text: string
}

export function recallVerdict(rows: readonly EvaluatedRow[]): RecallVerdict {
  const long = recalledRows(rows)
  const counts = { of: long.length, base: long.filter(({ base }) => base).length, tuned: long.filter(({ tuned }) => tuned).length }
  const share = counts.of === 0 ? 0 : counts.tuned / counts.of
  const added = counts.tuned - counts.base
  if (counts.of === 0) {
    return { ...counts, title: 'These rows are too short to tell', text: `An answer counts from ${FEWEST_WORDS} words on: shorter ones come out alike by chance.` }
  }
  if (counts.tuned === 0 || added <= 0) {
    return { ...counts, title: 'It does not recite its rows', text: 'None of them comes back word for word that the base would not say too.' }
  }
  const passes = `Whoever has the adapter can have ${formatPlural(counts.tuned, 'of these rows', 'of these rows')} back by asking.`
  if (share < SOME) return { ...counts, title: 'It recites a few of its rows', text: `${passes} Look whether one of them is private.` }
  if (share < MOST) return { ...counts, title: 'It recites some of its rows', text: `${passes} Fewer epochs or a smaller rank make that less.` }
  return { ...counts, title: 'It knows its rows by heart', text: `${passes} Do not share it if they are private; fewer epochs, more rows or a smaller rank make that less.` }
}

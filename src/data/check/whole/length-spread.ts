/** Few long answers that outweigh all the others. */
import { exampleColumns } from '../../example.ts'
import { columnNoun } from '../columns.ts'
import { count, eachExample, type CheckData, type Report } from '../data.ts'

const FEWEST_ROWS = 20
/** Share of all characters that the longest tenth may hold. */
const MOST_SHARE = 0.6

/** "length-imbalance": every character learnt counts the same, so long answers decide what the model becomes. */
export function* checkLengthSpread(data: CheckData, report: Report): Generator<number, void, undefined> {
  const lengths = new Float64Array(data.examples.length)
  for (const [index, example, done] of eachExample(data)) {
    lengths[index] = exampleColumns(example).output.length
    yield done
  }
  if (lengths.length < FEWEST_ROWS) return
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const sorted = lengths.toSorted()
  const tenth = sorted.slice(-Math.ceil(sorted.length / 10))
  const share = tenth.reduce((sum, length) => sum + length, 0) / total
  if (!(share > MOST_SHARE)) return
  const median = sorted[sorted.length >> 1]!
  const message = `The longest tenth of the ${columnNoun('output', data)} holds ${Math.round(100 * share)} % of all that is learnt: half have at most ${count(median, 'character')}, the longest ${count(tenth.at(-1)!)}.`
  report({ row: 0, code: 'length-imbalance', severity: 'info', message, fix: 'Divide or shorten the longest, if they should not weigh so much.' })
}

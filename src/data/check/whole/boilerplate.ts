/** Openings that many answers share: a model learns them first and says them always. */
import { exampleColumns } from '../../example.ts'
import { columnNoun } from '../columns.ts'
import { quoted, type CheckData, type Report } from '../data.ts'

const FEWEST_ROWS = 20
const WORDS = 4
const MOST_CHARACTERS = 80
const SHARE = 0.3
/** Rows that are looked at, spread evenly. */
const SAMPLE = 5000

/** "boilerplate": the same first four words in three of ten answers, where not all of them have them. */
export function* checkBoilerplate(data: CheckData, report: Report): Generator<number, void, undefined> {
  const { examples } = data
  const openings = new Map<string, number>()
  const looked = Math.min(SAMPLE, examples.length)
  for (let at = 0; at < looked; at++) {
    const example = examples[Math.floor((at * examples.length) / looked)]!
    const words = exampleColumns(example).output.slice(0, MOST_CHARACTERS).trimStart().split(/\s+/, WORDS + 1)
    const opening = words.slice(0, WORDS).join(' ')
    if (words.length > WORDS) openings.set(opening, (openings.get(opening) ?? 0) + 1)
    yield at / looked
  }
  if (looked < FEWEST_ROWS) return
  for (const [opening, times] of openings) {
    if (times < SHARE * looked || times === looked) continue
    const share = `${looked < examples.length ? 'About ' : ''}${Math.round((100 * times) / looked)} %`
    const message = `${share} of the ${columnNoun('output', data)} begin with ${quoted(opening)}: the model will soon begin so whatever it is asked.`
    report({ row: 0, code: 'boilerplate', severity: 'info', message, fix: 'Leave it out where it says nothing.' })
  }
}

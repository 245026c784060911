/** Data with few distinct outputs: how they are spread, and outputs that are a slip of another. */
import type { Example } from '../../types.ts'
import { count, eachExample, quoted, type CheckData, type Report } from '../data.ts'
import { trimmedColumns } from '../columns.ts'
import { editDistanceAtMostOne } from '../edit-distance.ts'

const MOST_LABELS = 50
const LONGEST_LABEL = 60
/** Rows a label on average, from which outputs count as labels: OpenAI's older CLI says so too. */
const ROWS_A_LABEL = 3
/** So many times as often as another, or this share of all, is lopsided. */
const LOPSIDED = 10
const MOST_SHARE = 0.8

/** "identical_completions", "label-variant", "label-imbalance". */
export function* checkLabels(data: CheckData, report: Report): Generator<number, void, undefined> {
  const labels = new Map<string, number>()
  let rows = 0
  for (const [, example, done] of eachExample(data)) {
    const label = labelOf(example)
    if (label === undefined) continue
    labels.set(label, (labels.get(label) ?? 0) + 1)
    rows++
    if (labels.size > MOST_LABELS + rows / 10 || label.length > LONGEST_LABEL) return
    yield done / 2
  }
  if (labels.size === 1 && rows > 1) {
    const [only = ''] = labels.keys()
    const message = `All outputs are the same: the model would only learn to repeat ${quoted(only)}.`
    report({ row: 0, code: 'identical_completions', severity: 'note', message, fix: 'Add examples with other outputs.' })
  }
  if (labels.size < 2 || labels.size > MOST_LABELS || rows < labels.size * ROWS_A_LABEL) return
  const variants = variantsOf(labels)
  yield* tellVariants(data, variants, report)
  for (const variant of variants.keys()) labels.delete(variant)
  tellSpread(labels, report)
}

/** Undefined for a text: it has no input to be labelled. */
function labelOf(example: Example): string | undefined {
  const { input, output } = trimmedColumns(example)
  return input === '' || output === '' ? undefined : output
}

/** Labels that differ from a far more frequent one in case, punctuation or one letter. */
function variantsOf(labels: ReadonlyMap<string, number>): Map<string, string> {
  const byCount = [...labels].sort((one, two) => two[1] - one[1])
  const variants = new Map<string, string>()
  for (const [at, [label, times]] of byCount.entries()) {
    const model = byCount.slice(0, at).find(([other, often]) => often >= LOPSIDED * times && isSlip(label, other))
    if (model) variants.set(label, model[0])
  }
  return variants
}

function isSlip(label: string, other: string): boolean {
  const [one, two] = [bare(label), bare(other)]
  if (one === two) return one !== ''
  return Math.min(one.length, two.length) >= 5 && !/\d/.test(one + two) && editDistanceAtMostOne(one, two)
}

function bare(label: string): string {
  return label.toLowerCase().replace(/[\p{P}\p{Z}\s]+/gu, '')
}

function* tellVariants(data: CheckData, variants: ReadonlyMap<string, string>, report: Report): Generator<number, void, undefined> {
  if (variants.size === 0) return
  const firstRows = new Map<string, number>()
  const odd: Example[] = []
  for (const [, example, done] of eachExample(data)) {
    const label = labelOf(example)
    if (label !== undefined && variants.has(label)) odd.push(example)
    else if (label !== undefined && !firstRows.has(label)) firstRows.set(label, example.row)
    yield 0.5 + done / 2
  }
  for (const example of odd) {
    const label = labelOf(example) ?? ''
    const usual = variants.get(label) ?? ''
    const message = `The output ${quoted(label)} looks like a slip of ${quoted(usual)}, which is far more frequent.`
    const others = [firstRows.get(usual) ?? 0]
    report({ row: example.row, code: 'label-variant', severity: 'note', message, fix: 'Write them alike.', others, mend: 'unify-labels' })
  }
}

function tellSpread(labels: ReadonlyMap<string, number>, report: Report): void {
  const byCount = [...labels].sort((one, two) => two[1] - one[1])
  const most = byCount[0]?.[1] ?? 0
  const least = byCount.at(-1)?.[1] ?? 0
  const rows = byCount.reduce((sum, [, times]) => sum + times, 0)
  if (byCount.length < 2 || (most < LOPSIDED * least && most < MOST_SHARE * rows)) return
  const shown = byCount.length <= 6 ? byCount : [...byCount.slice(0, 3), ...byCount.slice(-2)]
  const listed = shown.map(([label, times]) => `${quoted(label, 30)} ${count(times)}`).join(', ')
  const message = `The outputs are spread unevenly: ${listed}. A model that always says the most frequent is right in ${Math.round((100 * most) / rows)} % of the rows.`
  report({ row: 0, code: 'label-imbalance', severity: 'note', message, fix: 'Add examples of the rare ones, or leave out some of the frequent.' })
}

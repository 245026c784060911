/** One input with different outputs. */
import { trimmedColumns } from '../columns.ts'
import { count, eachExample, type CheckData, type Report } from '../data.ts'
import { hashText, TextIndex } from '../text-index.ts'

/** Outputs of one input that are told apart. */
const MOST_OTHERS = 20

/** Each row whose input has another output elsewhere; "identical_prompts" where there is but one input. */
export function* checkConflicts(data: CheckData, report: Report): Generator<number, void, undefined> {
  const { examples } = data
  const columns = (index: number) => trimmedColumns(examples[index]!)
  const inputs = new TextIndex(examples.length, (one, other) => columns(one).input === columns(other).input)
  /** By index: the first with its input; −1 without an input. */
  const firstOf = new Int32Array(examples.length).fill(-1)
  /** By the first with an input: one index for each of its outputs, where there are several. */
  const outputs = new Map<number, number[]>()
  let distinct = 0
  for (const [index, , done] of eachExample(data)) {
    const { input, output } = columns(index)
    if (input !== '') {
      const first = inputs.first(index, hashText(input))
      firstOf[index] = first
      if (first === index) distinct++
      const known = outputs.get(first) ?? [first]
      if (known.length < MOST_OTHERS && known.every((other) => columns(other).output !== output)) outputs.set(first, [...known, index])
    }
    yield done / 2
  }
  if (distinct === 1 && examples.length > 1 && firstOf.every((first) => first === firstOf[0])) {
    const message = 'All inputs are the same: the model cannot learn when to answer what.'
    report({ row: 0, code: 'identical_prompts', severity: 'note', message, fix: 'Leave them empty, or write what each output answers.' })
    return
  }
  for (const [index, example, done] of eachExample(data)) {
    const known = outputs.get(firstOf[index]!)
    if (known) {
      const own = columns(index).output
      const others = known.filter((other) => columns(other).output !== own).map((other) => examples[other]!.row)
      const where = others.length === 1 ? `another output in row ${others[0]}` : `${count(others.length, 'other output')}`
      const message = `The same input has ${where}: both cannot be learnt.`
      report({ row: example.row, code: 'conflict', severity: 'note', message, fix: 'Keep the right one, or say in the inputs what makes the difference.', others })
    }
    yield 0.5 + done / 2
  }
}

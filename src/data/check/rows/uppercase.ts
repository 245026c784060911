/** Texts in capitals. */
import { exampleColumns } from '../../example.ts'
import type { Example } from '../../types.ts'
import { columnNoun, type ColumnName } from '../columns.ts'
import { eachExample, type CheckData, type Report } from '../data.ts'

/** Fewer letters may be an abbreviation. */
const FEWEST_LETTERS = 20
const COLUMNS: readonly ColumnName[] = ['input', 'output']

interface Case {
  upper: number
  lower: number
}

/** "lower_case" of OpenAI's older CLI: more than a third of the letters of a column are capitals; else each such row. */
export function* checkUppercase(data: CheckData, report: Report): Generator<number, void, undefined> {
  const sums = { input: { upper: 0, lower: 0 }, output: { upper: 0, lower: 0 } }
  const loud: { example: Example; column: ColumnName }[] = []
  for (const [, example, done] of eachExample(data)) {
    const texts = exampleColumns(example)
    for (const column of COLUMNS) {
      const { upper, lower } = caseOf(texts[column])
      sums[column].upper += upper
      sums[column].lower += lower
      if (upper + lower >= FEWEST_LETTERS && isLoud({ upper, lower })) loud.push({ example, column })
    }
    yield done
  }
  const fix = 'Write it in small letters, unless the capitals mean something: models know them better.'
  for (const column of COLUMNS) {
    const rows = loud.filter((one) => one.column === column).map(({ example }) => example.row)
    if (rows.length > 0 && isLoud(sums[column])) {
      const message = `More than a third of the letters of the ${columnNoun(column, data)} are capitals.`
      report({ row: 0, code: 'lower_case', severity: 'note', message, fix, others: rows, mend: 'lower-case' })
    } else {
      for (const row of rows) report({ row, code: 'lower_case', severity: 'note', message: `More than a third of the letters of the ${column} are capitals.`, fix, mend: 'lower-case' })
    }
  }
}

/** Whether a text has enough letters to be judged, and too many of them are capitals. */
export function isShouted(text: string): boolean {
  const found = caseOf(text)
  return found.upper + found.lower >= FEWEST_LETTERS && isLoud(found)
}

function isLoud({ upper, lower }: Case): boolean {
  return upper * 2 > lower
}

function caseOf(text: string): Case {
  let upper = 0
  let lower = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 128) {
      if (unit >= 97 && unit <= 122) lower++
      else if (unit >= 65 && unit <= 90) upper++
    } else if (unit < 0x590) {
      const letter = text[at]!
      if (letter !== letter.toLowerCase()) upper++
      else if (letter !== letter.toUpperCase()) lower++
    }
  }
  return { upper, lower }
}

/** Rows with their texts changed. */
import { withTexts } from '../../example.ts'
import type { Example, RowChange } from '../../types.ts'

export type ChangeText = (text: string) => string

/** The change of a row, if it is one. */
export function rowChange(before: Example, after: Example): RowChange[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ row: before.row, before, after }]
}

/** A mend that changes the texts of rows, each for itself. */
export function changeTexts(change: ChangeText): (examples: readonly Example[], rows: ReadonlySet<number>) => RowChange[] {
  return (examples, rows) => examples.flatMap((example) => (rows.has(example.row) ? rowChange(example, withTexts(example, change)) : []))
}

/** Rows with their texts changed. */
import { withCallTexts } from '../../calls.ts'
import { withTexts } from '../../example.ts'
import type { Example, RowChange } from '../../types.ts'

export type ChangeText = (text: string) => string

/** The change of a row, if it is one. */
export function rowChange(before: Example, after: Example): RowChange[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ row: before.row, before, after }]
}

/** The example with all that is written in it changed, calls of tools among it. */
export function withAllTexts(example: Example, change: ChangeText): Example {
  return withCallTexts(withTexts(example, change), change)
}

/** A mend that changes the texts of rows, each for itself: what is said, or with `withAllTexts` all. */
export function changeTexts(change: ChangeText, changed = withTexts): (examples: readonly Example[], rows: ReadonlySet<number>) => RowChange[] {
  return (examples, rows) => examples.flatMap((example) => (rows.has(example.row) ? rowChange(example, changed(example, change)) : []))
}

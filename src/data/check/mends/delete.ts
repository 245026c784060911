/** Rows taken out. */
import type { Example, RowChange } from '../../types.ts'

export function deleteRows(examples: readonly Example[], rows: ReadonlySet<number>): RowChange[] {
  return examples.filter(({ row }) => rows.has(row)).map((before) => ({ row: before.row, before, after: undefined }))
}

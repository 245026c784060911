/** Edits of a dataset as plain data: each row before and after, so that every edit can be taken back. */
import type { SplitSettings } from '../split.ts'
import type { Example, Finding, RowChange } from '../types.ts'

/** One thing that a person did: "Delete 3 rows". Undone and redone whole. */
export interface Edit {
  what: string
  changes: RowChange[]
  /** Where it divides the rows in another way too. */
  split?: { before: SplitSettings; after: SplitSettings }
  /** Of rows that came with it: what reading them found. */
  findings?: Finding[]
}

/** The examples after the changes, by row number. Rows that are not there before or after are passed over. */
export function applyChanges(examples: readonly Example[], changes: readonly RowChange[]): Example[] {
  const byRow = new Map(changes.map(({ row, after }) => [row, after]))
  const kept = examples.flatMap((example) => {
    if (!byRow.has(example.row)) return [example]
    const after = byRow.get(example.row)
    byRow.delete(example.row)
    return after ? [after] : []
  })
  const added = [...byRow.values()].filter((example) => example !== undefined)
  return added.length === 0 ? kept : [...kept, ...added].sort((one, two) => one.row - two.row)
}

export function inverse({ what, changes }: Pick<Edit, 'what' | 'changes'>): Pick<Edit, 'what' | 'changes'> {
  return { what, changes: changes.map(({ row, before, after }) => ({ row, before: after, after: before })) }
}

/** Where new rows begin: after every row there is or was. */
export function nextRow(examples: readonly Example[], edits: readonly Edit[]): number {
  let last = examples.at(-1)?.row ?? 0
  for (const { changes } of edits) for (const { row } of changes) last = Math.max(last, row)
  return last + 1
}

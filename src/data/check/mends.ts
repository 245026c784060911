/** Mends: what one click does about a kind of finding, as changes of rows that can be undone. */
import type { Example, Finding, RowChange } from '../types.ts'
import { deleteRows } from './mends/delete.ts'

/** The rows to look at: those of the findings, with all that a finding of the whole names. */
function rowsOf(name: string, findings: readonly Finding[]): ReadonlySet<number> {
  const rows = new Set<number>()
  for (const { row, others, mend } of findings) {
    if (mend !== name) continue
    if (row > 0) rows.add(row)
    else for (const other of others ?? []) rows.add(other)
  }
  return rows
}

type Mend = (examples: readonly Example[], rows: ReadonlySet<number>) => RowChange[]

const MENDS: Readonly<Record<string, Mend>> = {
  'delete-empty': deleteRows,
}

/**
 * The changes that take away the findings that name this mend; rows that need none are not among them. Examples are
 * known by their row. An unknown name changes nothing.
 */
export function mendRows(name: string, examples: readonly Example[], findings: readonly Finding[]): RowChange[] {
  return MENDS[name]?.(examples, rowsOf(name, findings)) ?? []
}

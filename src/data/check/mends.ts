/** Mends: what one click does about a kind of finding, as changes of rows that can be undone. */
import type { Example, Finding, RowChange } from '../types.ts'
import { anonymise, maskSecrets } from './mends/anonymise.ts'
import { deleteRows } from './mends/delete.ts'
import { unifyLabels } from './mends/labels.ts'
import { dropPrefix } from './mends/prefix.ts'
import { changeTexts } from './mends/texts.ts'
import { withoutInvisible } from './rows/characters.ts'
import { isShouted } from './rows/uppercase.ts'

type Mend = (examples: readonly Example[], rows: ReadonlySet<number>, findings: readonly Finding[]) => RowChange[]

const MENDS: Readonly<Record<string, Mend>> = {
  'delete-empty': deleteRows,
  'delete-duplicates': deleteRows,
  'delete-near-duplicates': deleteRows,
  'delete-leaks': deleteRows,
  'trim-spaces': changeTexts((text) => text.trim()),
  'remove-invisible': changeTexts(withoutInvisible),
  'lower-case': changeTexts((text) => (isShouted(text) ? text.toLowerCase() : text)),
  'drop-input-prefix': dropPrefix('input'),
  'drop-output-prefix': dropPrefix('output'),
  'unify-labels': (examples, _, findings) => unifyLabels(examples, findings),
  anonymise,
  'mask-secrets': maskSecrets,
}

/**
 * The changes that take away the findings that name this mend; rows that need none are not among them. Examples are
 * known by their row. An unknown name changes nothing.
 */
export function mendRows(name: string, examples: readonly Example[], findings: readonly Finding[]): RowChange[] {
  const mend = Object.hasOwn(MENDS, name) ? MENDS[name] : undefined
  return mend?.(examples, rowsOf(name, findings), findings) ?? []
}

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

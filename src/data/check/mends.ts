/** Mends: what one click does about a kind of finding, as changes of rows that can be undone. */
import type { Example, Finding, RowChange } from '../types.ts'
import { replacePrivate } from './mends/anonymise.ts'
import { deleteRows } from './mends/delete.ts'
import { unifyLabels } from './mends/labels.ts'
import { dropPrefix } from './mends/prefix.ts'
import { changeTexts, withAllTexts } from './mends/texts.ts'
import { changeTurns } from './mends/turns.ts'
import { without } from './rows/characters.ts'
import { isShouted } from './rows/uppercase.ts'
import { joinedTurns, systemFirst, untilLastAnswer } from './turns.ts'

/** What one kind of finding asks for: its rows, and the findings themselves, all of one code. */
type Mend = (examples: readonly Example[], rows: ReadonlySet<number>, findings: readonly Finding[]) => RowChange[]

const MENDS: Readonly<Record<string, Mend>> = {
  'delete-empty': deleteRows,
  'delete-duplicates': deleteRows,
  'delete-near-duplicates': deleteRows,
  'delete-leaks': deleteRows,
  'trim-spaces': changeTexts((text) => text.trim()),
  'remove-invisible': (examples, rows, [finding]) => changeTexts((text) => without(finding?.code ?? '', text), withAllTexts)(examples, rows),
  'lower-case': changeTexts((text) => (isShouted(text) ? text.toLowerCase() : text)),
  'drop-input-prefix': dropPrefix('input'),
  'drop-output-prefix': dropPrefix('output'),
  'drop-after-answer': changeTurns(untilLastAnswer),
  'join-turns': changeTurns(joinedTurns),
  'system-first': changeTurns(systemFirst),
  'unify-labels': (examples, _, findings) => unifyLabels(examples, findings),
  // "personal-email" has the e-mail addresses replaced, and no names beside them.
  anonymise: (examples, rows, [finding]) => replacePrivate(examples, rows, finding?.code.replace(/^personal-/, '')),
  'mask-secrets': (examples, rows) => replacePrivate(examples, rows, 'secret'),
}

/**
 * The changes that take away the findings of a code by the mend that they name, and nothing else; rows that need none are not among
 * them. Examples are known by their row. A code without a mend that is known changes nothing.
 */
export function mendRows(code: string, examples: readonly Example[], findings: readonly Finding[]): RowChange[] {
  const meant = findings.filter((finding) => finding.code === code && finding.mend !== undefined)
  const name = meant[0]?.mend ?? ''
  const mend = Object.hasOwn(MENDS, name) ? MENDS[name] : undefined
  return mend?.(examples, rowsOf(meant), meant) ?? []
}

/** The rows to look at: those of the findings, with all that a finding of the whole names. */
function rowsOf(findings: readonly Finding[]): ReadonlySet<number> {
  const rows = new Set<number>()
  for (const { row, others } of findings) {
    if (row > 0) rows.add(row)
    else for (const other of others ?? []) rows.add(other)
  }
  return rows
}

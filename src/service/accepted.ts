/** Kinds of findings that a person called fine, with how many rows each concerned then: more of a kind are worth another look. */
import type { Finding } from '../data/types.ts'

export type AcceptedRows = Record<string, number>

export class Accepted {
  readonly #rows: Map<string, number>

  /** `kept`: as `rows` gives it, or codes alone, as an earlier version kept them. */
  constructor(kept: AcceptedRows | readonly string[] = {}) {
    this.#rows = new Map(isCodes(kept) ? kept.map((code) => [code, Number.MAX_SAFE_INTEGER]) : Object.entries(kept))
  }

  get rows(): AcceptedRows {
    return Object.fromEntries(this.#rows)
  }

  /** All that there is of a kind now. */
  add(code: string, findings: readonly Finding[]): void {
    this.#rows.set(code, countRows(code, findings))
  }

  delete(code: string): void {
    this.#rows.delete(code)
  }

  /** What has gone since is no longer accepted. `whole`: whether all was looked for, so that what is not there has gone. */
  lower(findings: readonly Finding[], whole: boolean): void {
    for (const [code, rows] of this.#rows) {
      const now = countRows(code, findings)
      if (now < rows && (whole || now > 0)) this.#rows.set(code, now)
    }
  }
}

const isCodes = (kept: AcceptedRows | readonly string[]): kept is readonly string[] => Array.isArray(kept)

/** Rows that findings of a code name, each once; a finding of the whole may name none. The page counts likewise (data-findings). */
function countRows(code: string, findings: readonly Finding[]): number {
  const rows = new Set<number>()
  for (const finding of findings) {
    if (finding.code !== code) continue
    rows.add(finding.row)
    for (const other of finding.others ?? []) rows.add(other)
  }
  rows.delete(0)
  return rows.size
}

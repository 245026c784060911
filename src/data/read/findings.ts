/** Problems by row, as many as a person can use. */
import type { Example, Finding } from '../types.ts'

/** A problem before it has a row. */
export interface Problem {
  code: string
  message: string
  fix?: string
}

/** A row as read: the example and what is worth a look in it, or why there is none. */
export type Parsed = { example: Example; notes?: Problem[] } | { problem: Problem }

export function fail(code: string, message: string, fix: string): { problem: Problem } {
  return { problem: { code, message, fix } }
}

const MOST = 1000

/** Keeps the first 1,000 findings; the rest is one more that says how many there were. */
export class FindingLog {
  readonly #findings: Finding[] = []
  #left = 0

  skip(row: number, problem: Problem): void {
    this.#add({ row, severity: 'skipped', ...problem })
  }

  note(row: number, problem: Problem): void {
    this.#add({ row, severity: 'note', ...problem })
  }

  /** Of the file as a whole. */
  whole(severity: 'note' | 'info', problem: Problem): void {
    this.#findings.push({ row: 0, severity, ...problem })
  }

  #add(finding: Finding): void {
    if (this.#findings.length < MOST) this.#findings.push(finding)
    else this.#left++
  }

  /** The first row that was left out (for the reason that `code` says), and why. */
  firstSkipped(code?: string): Finding | undefined {
    const skipped = this.all().filter(({ severity }) => severity === 'skipped')
    return skipped.find((finding) => finding.code === code) ?? skipped[0]
  }

  /** By row. */
  all(): Finding[] {
    const sorted = this.#findings.toSorted((a, b) => a.row - b.row)
    const last = sorted.at(-1)
    if (this.#left === 0 || !last) return sorted
    return [...sorted, { row: last.row, code: 'more-findings', severity: 'note', message: `There are ${this.#left} more problems.` }]
  }
}

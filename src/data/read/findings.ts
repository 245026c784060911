/** Problems by row, as many as a person can use. */
import type { Finding } from '../types.ts'

/** A problem before it has a row. */
export interface Problem {
  code: string
  message: string
  fix?: string
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

  #add(finding: Finding): void {
    if (this.#findings.length < MOST) this.#findings.push(finding)
    else this.#left++
  }

  /** By row. */
  all(): Finding[] {
    const sorted = this.#findings.toSorted((a, b) => a.row - b.row)
    const last = sorted.at(-1)
    if (this.#left === 0 || !last) return sorted
    return [...sorted, { row: last.row, code: 'more-findings', severity: 'note', message: `There are ${this.#left} more problems.` }]
  }
}

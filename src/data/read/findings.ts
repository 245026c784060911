/** Problems by row, as many as a person can use. */
import { FindingCap } from '../check/finding-cap.ts'
import type { Example, Finding } from '../types.ts'

/** A problem before it has a row. */
export interface Problem {
  code: string
  message: string
  fix?: string
}

/** A row as read: the example, what is worth a look in it and what its split says, or why there is none. */
export type Parsed = { example: Example; notes?: Problem[]; split?: string } | { problem: Problem }

export function fail(code: string, message: string, fix: string): { problem: Problem } {
  return { problem: { code, message, fix } }
}

/** Findings of a file: the first 1,000 of a code one by one, the rest of it as one. */
export class FindingLog {
  readonly #cap = new FindingCap()

  skip(row: number, problem: Problem): void {
    this.#cap.add({ row, severity: 'skipped', ...problem })
  }

  note(row: number, problem: Problem): void {
    this.#cap.add({ row, severity: 'note', ...problem })
  }

  /** Of the file as a whole. */
  whole(severity: 'note' | 'info', problem: Problem): void {
    this.#cap.add({ row: 0, severity, ...problem })
  }

  /** The first row that was left out (for the reason that `code` says), and why. */
  firstSkipped(code?: string): Finding | undefined {
    const skipped = this.all().filter(({ row, severity }) => row > 0 && severity === 'skipped')
    return skipped.find((finding) => finding.code === code) ?? skipped[0]
  }

  /** By row; what concerns the whole comes first. */
  all(): Finding[] {
    return this.#cap.all()
  }
}

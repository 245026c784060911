/** Findings as many as a person can use: the first 1,000 of a code one by one, the rest as one that counts and names them. */
import type { Finding } from '../types.ts'
import { count } from './data.ts'

const MOST_OF_A_CODE = 1000

interface OfOneCode {
  told: Finding[]
  /** What each has in common with the first that was not told. */
  next: Finding | undefined
  rows: number[]
}

export class FindingCap {
  readonly #codes = new Map<string, OfOneCode>()

  readonly add = (finding: Finding): void => {
    let of = this.#codes.get(finding.code)
    if (!of) this.#codes.set(finding.code, (of = { told: [], next: undefined, rows: [] }))
    if (of.told.length < MOST_OF_A_CODE) {
      of.told.push(finding)
      return
    }
    of.next ??= finding
    of.rows.push(finding.row)
  }

  /** By row; what concerns the whole comes first. */
  all(): Finding[] {
    const findings = [...this.#codes.values()].flatMap(({ told, next, rows }) => (next ? [...told, remainder(next, rows)] : told))
    return findings.sort((one, two) => one.row - two.row)
  }
}

function remainder({ code, severity, fix, mend }: Finding, others: number[]): Finding {
  const message = `${count(others.length, 'more row')} with the same finding.`
  return { row: 0, code, severity, message, others, ...(fix !== undefined && { fix }), ...(mend !== undefined && { mend }) }
}

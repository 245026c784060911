/** Findings counted. */
import type { Finding, Severity } from '../types.ts'

export interface CodeCount {
  code: string
  /** The gravest of its findings. */
  severity: Severity
  count: number
  /** The mend that takes them away, where there is one. */
  mend?: string
}

export interface FindingSummary {
  /** The gravest first, then the most frequent. */
  codes: CodeCount[]
  severities: Record<Severity, number>
}

const GRAVITY: readonly Severity[] = ['stops', 'skipped', 'note', 'info']

/** How many findings a finding stands for: one of the whole that names rows stands for each of them. */
function weightOf({ row, others }: Finding): number {
  return row === 0 && others ? others.length : 1
}

export function summarise(findings: readonly Finding[]): FindingSummary {
  const codes = new Map<string, CodeCount>()
  const severities: Record<Severity, number> = { stops: 0, skipped: 0, note: 0, info: 0 }
  for (const finding of findings) {
    const { code, severity, mend } = finding
    const weight = weightOf(finding)
    severities[severity] += weight
    const known = codes.get(code) ?? { code, severity, count: 0 }
    known.count += weight
    if (GRAVITY.indexOf(severity) < GRAVITY.indexOf(known.severity)) known.severity = severity
    if (mend !== undefined) known.mend = mend
    codes.set(code, known)
  }
  const gravity = (of: CodeCount) => GRAVITY.indexOf(of.severity)
  return { codes: [...codes.values()].sort((a, b) => gravity(a) - gravity(b) || b.count - a.count), severities }
}

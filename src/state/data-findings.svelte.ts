/** What is wrong with the data: looked for in the background, and shown by kind, the gravest first. */
import { proxy } from 'comlink'
import type { DataState, Finding } from '../service/types.ts'
import type { Severity } from '../data/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export interface FindingGroup {
  code: string
  severity: Severity
  /** Of each finding of this kind, by row. */
  findings: Finding[]
  /** Every row that it concerns. */
  rows: number
  /** Whether the table has such rows: those that reading left out are not in it. */
  inTable: boolean
  /** The name of the mend that takes them away. */
  mend: string | undefined
  /** The person called it fine, and there is not more of it since. */
  accepted: boolean
}

export interface FindingEvents {
  /** Lengths are known. */
  onCounted: (state: DataState) => Promise<void>
  onChecked: () => void
}

const GRAVITY: readonly Severity[] = ['stops', 'skipped', 'note', 'info']

export class DataFindings {
  /** Share that is done, while the checks are at work. */
  checking = $state<number>()
  counting = $state<number>()
  failure = $state.raw<Trouble>()
  checked = $state.raw<Finding[]>([])
  /** Whether the rows were looked through as they are. */
  looked = $state(false)
  /** Of the count or check that is under way. */
  #turn = 0
  #state: () => DataState | undefined
  #engine: Engine
  #events: FindingEvents

  constructor(engine: Engine, state: () => DataState | undefined, events: FindingEvents) {
    this.#engine = engine
    this.#state = state
    this.#events = events
  }

  readonly groups = $derived.by(() => group([...(this.#state()?.summary.findings ?? []), ...this.checked], this.#state()?.accepted ?? {}))
  readonly stops = $derived(this.groups.some(({ severity, accepted }) => severity === 'stops' && !accepted))

  /** Counts tokens where a model is open; then, on its own, looks for everything else. A later call takes over from this one. */
  async look(withModel: boolean): Promise<void> {
    this.failure = undefined
    this.counting = undefined
    this.looked = false
    try {
      if (withModel && !(await this.#count())) return
      void this.#check()
    } catch (error) {
      this.counting = undefined
      this.failure = asTrouble(error)
    }
  }

  async #check(): Promise<void> {
    const turn = ++this.#turn
    this.checking = 0
    try {
      const found = await this.#engine.service.checkData(proxy((share: number) => this.#tell(turn, 'checking', share)))
      if (!found) return
      this.checked = found
      this.looked = true
      this.#events.onChecked()
    } catch (error) {
      this.failure = asTrouble(error)
    }
    this.#turn++
    this.checking = undefined
  }

  /** What is told after the outcome, which comes over another port, is of no interest. */
  #tell(turn: number, what: 'checking' | 'counting', share: number): void {
    if (turn === this.#turn) this[what] = share
  }

  async #count(): Promise<boolean> {
    const turn = ++this.#turn
    this.counting = 0
    const state = await this.#engine.service.countTokens(proxy((share: number) => this.#tell(turn, 'counting', share)))
    if (!state) return false
    this.#turn++
    this.counting = undefined
    await this.#events.onCounted(state)
    return true
  }

  /** Rows were changed: what the checks found was of those before. */
  outdate(): void {
    this.checked = []
    this.looked = false
  }

  clear(): void {
    this.outdate()
    this.#turn++
    this.checking = undefined
    this.counting = undefined
    this.failure = undefined
  }
}

function group(findings: readonly Finding[], accepted: DataState['accepted']): FindingGroup[] {
  const groups = new Map<string, FindingGroup>()
  const told = new Set<string>()
  for (const finding of findings) {
    const { code, severity, mend, row, message } = finding
    // The reader and the checks may have found the same.
    const key = `${code} ${row} ${message}`
    if (told.has(key)) continue
    told.add(key)
    const same = groups.get(code)
    if (same) same.findings.push(finding)
    else groups.set(code, { code, severity, findings: [finding], rows: 0, inTable: false, mend, accepted: false })
  }
  for (const one of groups.values()) {
    one.rows = countRows(one.findings)
    one.accepted = one.rows <= (accepted[one.code] ?? -1)
    one.inTable = countRows(one.findings.filter(({ unread }) => !unread)) > 0
    one.mend = one.findings.find(({ mend }) => mend !== undefined)?.mend
    one.severity = GRAVITY.find((level) => one.findings.some(({ severity }) => severity === level)) ?? one.severity
  }
  return [...groups.values()].sort((a, b) => Number(a.accepted) - Number(b.accepted) || GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity))
}

/** A row with what was found in it; row 0 is the whole. */
export interface FoundRow {
  row: number
  message: string
}

/** Each row of a kind of finding, in order. A finding of the whole is one entry for each row that it names. */
export function foundRows(findings: readonly Finding[]): FoundRow[] {
  const single = findings.some(({ row }) => row > 0)
  return findings
    .flatMap(({ row, message, others = [] }) =>
      row > 0 || others.length === 0 ? [{ row, message }] : others.map((other) => ({ row: other, message: single ? 'The same.' : message })),
    )
    .sort((one, other) => one.row - other.row)
}

/** Rows of the file that findings name, each once; a single finding may name hundreds of thousands. */
function countRows(findings: readonly Finding[]): number {
  const rows = new Set<number>()
  for (const { row, others = [] } of findings) {
    rows.add(row)
    for (const other of others) rows.add(other)
  }
  rows.delete(0)
  return rows.size
}

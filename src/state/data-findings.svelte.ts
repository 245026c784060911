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
  /** The name of the mend that takes them away. */
  mend: string | undefined
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
  #state: () => DataState | undefined
  #engine: Engine
  #events: FindingEvents

  constructor(engine: Engine, state: () => DataState | undefined, events: FindingEvents) {
    this.#engine = engine
    this.#state = state
    this.#events = events
  }

  readonly groups = $derived.by(() => group([...(this.#state()?.summary.findings ?? []), ...this.checked], this.#state()?.accepted ?? []))
  readonly stops = $derived(this.groups.some(({ severity, accepted }) => severity === 'stops' && !accepted))

  /** Counts tokens where a model is open; then, on its own, looks for everything else. A later call takes over from this one. */
  async look(withModel: boolean): Promise<void> {
    this.failure = undefined
    this.counting = undefined
    try {
      if (withModel && !(await this.#count())) return
      void this.#check()
    } catch (error) {
      this.counting = undefined
      this.failure = asTrouble(error)
    }
  }

  async #check(): Promise<void> {
    this.checking = 0
    try {
      const found = await this.#engine.service.checkData(proxy((share: number) => (this.checking = share)))
      if (!found) return
      this.checked = found
      this.#events.onChecked()
    } catch (error) {
      this.failure = asTrouble(error)
    }
    this.checking = undefined
  }

  async #count(): Promise<boolean> {
    this.counting = 0
    const state = await this.#engine.service.countTokens(proxy((share: number) => (this.counting = share)))
    if (!state) return false
    this.counting = undefined
    await this.#events.onCounted(state)
    return true
  }

  clear(): void {
    this.checked = []
    this.checking = undefined
    this.counting = undefined
    this.failure = undefined
  }
}

function group(findings: readonly Finding[], accepted: readonly string[]): FindingGroup[] {
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
    else groups.set(code, { code, severity, findings: [finding], rows: 0, mend, accepted: accepted.includes(code) })
  }
  for (const one of groups.values()) {
    one.rows = countRows(one.findings)
    one.mend = one.findings.find(({ mend }) => mend !== undefined)?.mend
    one.severity = GRAVITY.find((level) => one.findings.some(({ severity }) => severity === level)) ?? one.severity
  }
  return [...groups.values()].sort((a, b) => Number(a.accepted) - Number(b.accepted) || GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity))
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

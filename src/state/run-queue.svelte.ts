/** Runs that begin one after another: those that wait, and what came of those before. The list lasts as long as the tab. */
import type { QueuedRun, TrainingOutcome, TrainingSettings } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

interface WaitingRun extends QueuedRun {
  /** What it asks on the way. */
  probes: readonly string[]
}

export interface EndedRun {
  name: string
  /** One of the two. */
  outcome: TrainingOutcome | undefined
  failure: Trouble | undefined
}

/** After these the next one would fare no better: the list waits for the person. */
const HOLDS = new Set(['gpu-lost', 'run-in-other-tab', 'no-model', 'run-other-model', 'run-other-weights'])

export class RunQueue {
  waiting = $state.raw<readonly WaitingRun[]>([])
  ended = $state.raw<readonly EndedRun[]>([])
  /** It does not go on by itself. */
  held = $state(false)
  failure = $state.raw<Trouble>()
  #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** With the settings and the data as they are now. False where they do not fit; `failure` says why. */
  async add(settings: TrainingSettings, name: string, probes: readonly string[], beginWith: string | undefined): Promise<boolean> {
    this.failure = undefined
    try {
      const queued = await this.#engine.service.queueRun(settings, name, beginWith)
      this.waiting = [...this.waiting, { ...queued, probes }]
      return true
    } catch (error) {
      this.failure = asTrouble(error)
      return false
    }
  }

  async remove(run: string): Promise<void> {
    this.waiting = this.waiting.filter((one) => one.run !== run)
    await this.#engine.service.unqueueRun(run)
  }

  /** A run has ended: it is told as long as others are. */
  note(run: EndedRun): void {
    this.held = run.failure !== undefined && HOLDS.has(run.failure.code)
    if (this.waiting.length > 0 || this.ended.length > 0) this.ended = [...this.ended, run]
  }

  /** The run to begin now, which is in the list no more. */
  take(): WaitingRun | undefined {
    const [next, ...rest] = this.waiting
    this.held = false
    this.waiting = rest
    return next
  }
}

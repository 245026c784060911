/** Steps that are measured before a run, so that its length can be told: by itself where that is quick, else when asked for. */
import type { Preflight, TrainingSettings } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

/** How long the settings have to rest before anything is measured by itself. */
export const REST_MILLISECONDS = 1500

export class Measuring {
  busy = $state(false)
  /** The person ended the last one. */
  stopped = $state(false)
  failure = $state.raw<Trouble>()
  #engine: Engine
  #asked = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** What the run would take, with its seconds; nothing where it was ended or failed. */
  async measure(settings: TrainingSettings, probes: readonly string[]): Promise<Preflight | undefined> {
    const asked = ++this.#asked
    this.busy = true
    this.stopped = false
    this.failure = undefined
    try {
      return await this.#engine.service.measure(settings, probes)
    } catch (error) {
      if (asked === this.#asked) this.failure = asTrouble(error)
      return undefined
    } finally {
      if (asked === this.#asked) this.busy = false
    }
  }

  /** Ends what is being measured, and what failed is forgotten: the settings are others now, or nobody looks. */
  cancel(): void {
    this.#asked++
    this.stopped = false
    this.failure = undefined
    if (!this.busy) return
    this.busy = false
    void this.#engine.service.cancelMeasuring()
  }

  /** At the person's word. */
  stop(): void {
    this.cancel()
    this.stopped = true
  }
}

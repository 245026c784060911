/** What would make a run fit that takes too much here, planned by the engine when it is asked for. */
import type { Allowance, Lightening, TrainingSettings } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export class Lighter {
  /** Undefined while the engine works it out. */
  offers = $state.raw<readonly Lightening[]>()
  failure = $state.raw<Trouble>()
  #engine: Engine
  #asked = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Late answers to settings that have changed since are dropped. */
  async ask(settings: TrainingSettings, allowance: Allowance): Promise<void> {
    const asked = ++this.#asked
    this.offers = undefined
    this.failure = undefined
    try {
      const offers = await this.#engine.service.lighten(settings, allowance)
      if (asked === this.#asked) this.offers = offers
    } catch (error) {
      if (asked === this.#asked) this.failure = asTrouble(error)
    }
  }
}

/** A batch of the run to come as it lies on the device, for a person to look at. */
import type { EngineKind, PackedBatch, TrainingSettings } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export class Packing {
  batch = $state.raw<PackedBatch>()
  failure = $state.raw<Trouble>()
  #asked = 0
  #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** A late answer to what is no longer asked is dropped. Where there are fewer batches than before, the first is shown. */
  async show(settings: TrainingSettings, index: number, kind: EngineKind): Promise<void> {
    const asked = ++this.#asked
    try {
      const batch = await this.#engine.service.packedBatch(settings, index, kind)
      if (asked !== this.#asked) return
      this.batch = batch
      this.failure = undefined
    } catch (error) {
      if (asked !== this.#asked) return
      const what = asTrouble(error)
      if (what.code === 'no-such-batch' && index > 0) return this.show(settings, 0, kind)
      this.batch = undefined
      this.failure = what
    }
  }

  clear(): void {
    this.#asked++
    this.batch = this.failure = undefined
  }
}

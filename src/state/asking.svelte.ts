/** Something long that is asked of the engine about a model: how far it is, and how it ended. Only the latest asking is heard. */
import { proxy } from 'comlink'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export abstract class Asking<Event> {
  status = $state<'empty' | 'measuring' | 'done' | 'stopped' | 'failed'>('empty')
  failure = $state.raw<Trouble>()
  share = $state(0)
  /** Who was asked. */
  name = $state('')
  protected engine: Engine
  #turn = 0

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** What is known so far stays. */
  async stop(): Promise<void> {
    try {
      await this.engine.service.cancelGeneration()
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  clear() {
    this.#turn++
    this.status = 'empty'
    this.failure = undefined
    this.share = 0
    this.forget()
  }

  /** `work` resolves to whether all was measured. Nothing where something is measured already. */
  protected async begin(name: string, work: (listener: (event: Event) => void) => Promise<boolean>): Promise<void> {
    if (this.status === 'measuring') return
    this.clear()
    const turn = this.#turn
    this.status = 'measuring'
    this.name = name
    try {
      const whole = await work(proxy((event) => turn === this.#turn && this.hear(event)))
      if (turn === this.#turn) this.status = whole ? 'done' : 'stopped'
    } catch (error) {
      if (turn !== this.#turn) return
      const failure = asTrouble(error)
      this.status = failure.code === 'cancelled' ? 'stopped' : 'failed'
      if (this.status === 'failed') this.failure = failure
    }
  }

  protected abstract hear(event: Event): void

  /** What was heard. */
  protected abstract forget(): void
}

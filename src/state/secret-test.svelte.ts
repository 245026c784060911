/** Asking base and tuned for the secrets that were planted: how far it is, and what came of each. */
import { proxy } from 'comlink'
import type { SecretEvent, TestedSecret } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import type { Speaker } from './trial.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export class SecretTest {
  status = $state<'empty' | 'measuring' | 'done' | 'stopped' | 'failed'>('empty')
  failure = $state.raw<Trouble>()
  share = $state(0)
  secrets = $state.raw<readonly TestedSecret[]>([])
  /** Who was asked. */
  name = $state('')
  #engine: Engine
  /** Counts the tests, so that what belongs to an earlier one is dropped. */
  #turn = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async measure({ name, strength, id }: Speaker): Promise<void> {
    if (this.status === 'measuring') return
    this.clear()
    const turn = this.#turn
    this.status = 'measuring'
    this.name = name
    try {
      const listener = proxy((event: SecretEvent) => turn === this.#turn && this.#hear(event))
      await this.#engine.service.testSecrets({ adapterId: await id(), strength }, listener)
      if (turn === this.#turn) this.status = 'done'
    } catch (error) {
      if (turn !== this.#turn) return
      const failure = asTrouble(error)
      this.status = failure.code === 'cancelled' ? 'stopped' : 'failed'
      if (this.status === 'failed') this.failure = failure
    }
  }

  /** What is known so far stays. */
  async stop(): Promise<void> {
    try {
      await this.#engine.service.cancelGeneration()
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  clear() {
    this.#turn++
    this.status = 'empty'
    this.failure = undefined
    this.share = 0
    this.secrets = []
  }

  #hear(event: SecretEvent) {
    if (event.kind === 'progress') this.share = event.share
    else this.secrets = [...this.secrets, event.secret]
  }
}

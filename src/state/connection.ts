/** The line to the engine worker: the service as the page calls it, and word of a worker that could not go on. */
import { wrap } from 'comlink'
import type { TuningService } from '../service/types.ts'
import { registerErrorTransfer } from '../service/transfer.ts'
import { trouble, type Trouble } from './trouble.ts'

export interface EngineConnection {
  service: TuningService
  /** Calls the listener when the worker failed to load or threw outside a call: nothing more comes from it (F97). */
  onCrash(listener: (what: Trouble) => void): void
}

export function connectWorker(worker: Worker): EngineConnection {
  registerErrorTransfer()
  return {
    service: wrap<TuningService>(worker),
    onCrash(listener) {
      worker.addEventListener('error', (event) => {
        event.preventDefault()
        listener(
          trouble('worker-failed', 'The engine stopped: its worker could not go on.', {
            where: event.message || 'the worker file did not load',
            fix: 'Reload the page. Adapters and checkpoints are kept. If it happens again, the server may not be serving every file.',
          }),
        )
      })
      worker.addEventListener('messageerror', () => {
        listener(trouble('worker-failed', 'A message from the engine could not be read.', { fix: 'Reload the page.' }))
      })
    },
  }
}

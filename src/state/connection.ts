/** The lines to the workers: their services as the page calls them, and word of a worker that could not go on. */
import { wrap } from 'comlink'
import type { BuiltIn } from './built-in.ts'
import type { HubService } from '../service/hub-types.ts'
import type { TuningService } from '../service/types.ts'
import { registerErrorTransfer } from '../service/transfer.ts'
import { trouble, type Trouble } from './trouble.ts'

export interface EngineConnection {
  service: TuningService
  /** Calls the listener when the worker failed to load or threw outside a call: nothing more comes from it (F97). */
  onCrash(listener: (what: Trouble) => void): void
}

export interface HubConnection {
  service: HubService
  onCrash(listener: (what: Trouble) => void): void
  /** Ends the worker, whatever it is doing. */
  end(): void
}

/** How the page makes its workers, or stands in for them in tests. */
export interface Connections {
  engine: () => EngineConnection
  hub: () => HubConnection
  /** Thimble and the lessons. */
  builtIn: BuiltIn
}

export function connectEngine(worker: Worker): EngineConnection {
  registerErrorTransfer()
  const fix = 'Reload the page. Adapters and checkpoints are kept. If it happens again, the server may not be serving every file.'
  return { service: wrap<TuningService>(worker), onCrash: crashes(worker, 'The engine', fix) }
}

export function connectHub(worker: Worker): HubConnection {
  registerErrorTransfer()
  const fix = 'Try again: what has been downloaded is kept. If it happens again, the server may not be serving every file.'
  return { service: wrap<HubService>(worker), onCrash: crashes(worker, 'The download', fix), end: () => worker.terminate() }
}

function crashes(worker: Worker, what: string, fix: string): (listener: (what: Trouble) => void) => void {
  return (listener) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      const where = event.message || 'the worker file did not load'
      listener(trouble('worker-failed', `${what} stopped: its worker could not go on.`, { where, fix }))
    })
    worker.addEventListener('messageerror', () => {
      listener(trouble('worker-failed', `${what} stopped: a message from its worker could not be read.`, { fix }))
    })
  }
}

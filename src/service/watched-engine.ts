/** An opened engine, watched: a graphics device can be lost, and then nothing may wait for it. */
import type { EngineUsed } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import type { ModelFolder } from '../hub/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import type { LoadedModel, OpenEngine } from './ports.ts'
import type { EngineReport, LoadProgress } from './types.ts'

/** The error that everything waiting on a lost device ends with. */
export function gpuLost(message: string): HomespunError {
  return new HomespunError('gpu-lost', 'The graphics device was lost.', {
    ...(message ? { where: message } : {}),
    fix: 'It usually means that its memory ran out. Smaller batches or shorter examples take less.',
  })
}

/**
 * One opened engine. `lost` is true from the moment it is gone; `guard` settles with 'gpu-lost' then, whatever the
 * guarded work does afterwards, so that a late callback of an old one changes nothing (F75).
 */
export class WatchedEngine {
  readonly report: EngineReport
  lost = false
  /** Settles after `onLost` has been called, or after `close`. */
  readonly whenLost: Promise<void>
  readonly #engine: OpenEngine
  readonly #loss: Promise<never>
  #closed = false

  /** `onLost` is not called after `close`: one given up on purpose needs no recovery (F74). */
  constructor(engine: OpenEngine, onLost: (error: HomespunError, from: WatchedEngine) => void) {
    this.#engine = engine
    this.report = engine.report
    this.#loss = engine.lost.then((info) => {
      this.lost = true
      const error = gpuLost(info.message)
      if (!this.#closed) onLost(error, this)
      throw error
    })
    this.whenLost = this.#loss.catch(() => undefined)
  }

  /** As a receipt names it. */
  get made(): EngineUsed {
    const { kind, device } = this.report
    return { kind, device }
  }

  loadModel(folder: ModelFolder, onProgress: (progress: LoadProgress) => void, weights: WeightDtype): Promise<LoadedModel> {
    return this.guard(this.#engine.loadModel(folder, onProgress, weights))
  }

  guard<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined)
    return Promise.race([work, this.#loss])
  }

  close(): void {
    this.#closed = true
    this.#engine.close()
  }
}

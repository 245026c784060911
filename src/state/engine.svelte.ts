/** Owns the engine worker: starts it, knows what it runs on, and hears when it is lost. */
import { proxy } from 'comlink'
import type { EngineReport, TuningService } from '../service/types.ts'
import type { EngineConnection } from './connection.ts'
import { platformTrouble, type Platform } from './platform.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export type EngineStatus = 'starting' | 'ready' | 'unavailable' | 'crashed'

export interface DeviceLoss {
  message: string
  recovered: boolean
}

export class Engine {
  status = $state<EngineStatus>('starting')
  report = $state.raw<EngineReport>()
  failure = $state.raw<Trouble>()
  #connection: EngineConnection | undefined
  #connect: () => EngineConnection
  #platform: Platform
  #onDeviceLost: (loss: DeviceLoss) => void

  /** `connect` makes the worker, or stands in for it in tests; it is called only where the platform can work at all. */
  constructor(connect: () => EngineConnection, platform: Platform, onDeviceLost: (loss: DeviceLoss) => void) {
    this.#connect = connect
    this.#platform = platform
    this.#onDeviceLost = onDeviceLost
  }

  get service(): TuningService {
    if (!this.#connection) throw new Error('The engine has not been started')
    return this.#connection.service
  }

  /** Resolves when the engine is ready or has said why it is not; never throws. */
  async start(): Promise<void> {
    const missing = platformTrouble(this.#platform)
    if (missing) return this.#fail('unavailable', missing)
    try {
      this.#connection = this.#connect()
      this.#connection.onCrash((what) => this.#fail('crashed', what))
      this.report = await this.service.start()
      await this.service.onDeviceLost(proxy((loss: DeviceLoss) => this.#onDeviceLost(loss)))
      if (this.status === 'starting') this.status = 'ready'
    } catch (error) {
      if (this.status !== 'crashed') this.#fail('unavailable', asTrouble(error))
    }
  }

  #fail(status: EngineStatus, failure: Trouble) {
    this.failure = failure
    this.status = status
  }
}

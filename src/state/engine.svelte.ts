/** Owns the engine worker: starts it, knows what it runs on, and hears when it is lost. */
import { proxy } from 'comlink'
import type { EngineReport, EngineWish, TuningService } from '../service/types.ts'
import type { EngineConnection } from './connection.ts'
import { keepEngineWish, readEngineWish } from './engine-choice.ts'
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
  wish = $state<EngineWish>(readEngineWish())
  /** Where the model lies, as the rooms say it. */
  readonly onGpu = $derived(this.report?.kind === 'webgpu')
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
      this.report = await this.#open()
      await this.service.onDeviceLost(proxy((loss: DeviceLoss) => this.#onDeviceLost(loss)))
      if (this.status === 'starting') this.status = 'ready'
    } catch (error) {
      if (this.status !== 'crashed') this.#fail('unavailable', asTrouble(error))
    }
  }

  /** Changes to another engine, with the open model; where that does not work, the one before stays and the reason is told. */
  async choose(wish: EngineWish): Promise<void> {
    if (this.status !== 'ready' || wish === this.wish) return
    this.status = 'starting'
    this.failure = undefined
    try {
      this.report = await this.service.start(wish)
      this.wish = wish
      keepEngineWish(wish)
    } catch (error) {
      this.failure = asTrouble(error)
    }
    if (this.status === 'starting') this.status = 'ready'
  }

  /** What was chosen on an earlier visit may be gone by now: then the fastest that there is. */
  async #open(): Promise<EngineReport> {
    try {
      return await this.service.start(this.wish)
    } catch (error) {
      if (this.wish === 'auto') throw error
      this.failure = asTrouble(error)
      this.wish = 'auto'
      return this.service.start('auto')
    }
  }

  #fail(status: EngineStatus, failure: Trouble) {
    this.failure = failure
    this.status = status
  }
}

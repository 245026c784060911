/** The device and the model on it: opened, closed, and after a lost device brought back once. */
import { HomespunError } from '../errors.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import { loadOpened, openModel, type ModelFiles, type OpenModel } from './open-model.ts'
import type { ServiceParts } from './ports.ts'
import { USUAL_RUN, type EngineReport, type EngineWish, type LoadProgress, type MemoryByWeights } from './types.ts'
import { gpuLost, WatchedEngine } from './watched-engine.ts'

/** One loss is an accident; browsers keep WebGPU from a page whose device is lost twice. */
const RECOVERIES = 1

export interface DeviceLoss {
  message: string
  recovered: boolean
}

export class EngineRoom {
  readonly #parts: ServiceParts
  readonly #listeners: ((loss: DeviceLoss) => void)[] = []
  #device: WatchedEngine | undefined
  #model: OpenModel | undefined
  #wish: EngineWish = 'auto'
  #losses = 0
  /** Settles when the latest loss has been dealt with: true where the engine runs again. */
  #recovery: Promise<boolean> = Promise.resolve(true)

  constructor(parts: ServiceParts) {
    this.#parts = parts
  }

  /**
   * Opens the engine that is wished for, or tells of the one that is open. Another one takes the open model over; where it
   * cannot be opened, all stays as it was. Throws what `EnginePort.open` and loading a model throw.
   */
  async start(wish: EngineWish): Promise<EngineReport> {
    await this.#recovery
    const before = this.#device
    if (before && wish === this.#wish) return before.report
    const device = await this.#open(wish)
    this.#wish = wish
    this.#device = device
    before?.close()
    const model = this.#model
    this.#model = undefined
    model?.loaded.destroy()
    if (model) this.#model = await loadOpened(device, model, () => undefined)
    return device.report
  }

  async #open(wish: EngineWish): Promise<WatchedEngine> {
    const opened = await this.#parts.engine.open(this.#parts.host, wish)
    return new WatchedEngine(opened, (error, from) => this.#onLost(error, from))
  }

  onLost(listener: (loss: DeviceLoss) => void): void {
    this.#listeners.push(listener)
  }

  /** The device, once a recovery under way has ended. Throws HomespunError 'gpu-lost' where there is none any more. */
  async device(): Promise<WatchedEngine> {
    await this.#recovery
    if (this.#device) return this.#device
    throw this.#losses > 0 ? this.#givenUp() : new HomespunError('engine-not-started', 'The engine has not been started.', { fix: 'Reload the page.' })
  }

  /** The open model, once a recovery under way has ended. Throws HomespunError 'no-model', 'gpu-lost'. */
  async model(): Promise<OpenModel> {
    await this.device()
    return this.modelNow() ?? noModel()
  }

  /** The open model, if one is open and its device is there. */
  modelNow(): OpenModel | undefined {
    return this.#model
  }

  /** Opens a model in place of the one before. Throws what src/hub, the tokenizer and the engine throw. */
  async openModel(files: ModelFiles, weights: WeightDtype, onProgress: (progress: LoadProgress) => void): Promise<OpenModel> {
    const device = await this.device()
    await this.closeModel()
    const model = await openModel(this.#parts, device, files, weights, onProgress)
    if (device.lost) throw gpuLost('')
    this.#model = model
    return model
  }

  /** What a usual run on a model of this configuration takes, by how its weights are kept. Throws what reading the configuration throws. */
  async memoryToTrain(config: Readonly<Record<string, unknown>>): Promise<MemoryByWeights> {
    const { kind } = (await this.device()).report
    const { memoryToTrain } = await import('../train/memory-to-train.ts')
    const bytes = (dtype: WeightDtype) => memoryToTrain(config, { ...USUAL_RUN, dtype }, kind).totalBytes
    return { stored: bytes('stored'), int8: bytes('int8'), int4: bytes('int4') }
  }

  async closeModel(): Promise<void> {
    await this.#recovery
    this.#model?.loaded.destroy()
    this.#model = undefined
  }

  /** After work on `device` has failed with 'gpu-lost': true where the engine runs again, false where it was one loss too many. */
  async recoveredFrom(device: WatchedEngine): Promise<boolean> {
    // The work may fail a moment before the device tells of its loss.
    await device.whenLost
    return this.#recovery
  }

  #onLost(error: HomespunError, from: WatchedEngine): void {
    if (from !== this.#device) return
    this.#losses++
    this.#device = undefined
    const model = this.#model
    this.#model = undefined
    this.#recovery = this.#losses <= RECOVERIES ? this.#recover(model) : Promise.resolve(false)
    void this.#recovery.then((recovered) => {
      const message = recovered ? error.message : this.#givenUp().message
      for (const listener of this.#listeners) listener({ message, recovered })
    })
  }

  async #recover(model: OpenModel | undefined): Promise<boolean> {
    try {
      const device = await this.#open(this.#wish)
      this.#device = device
      if (model) this.#model = await loadOpened(device, model, () => undefined)
      return true
    } catch {
      this.#device?.close()
      this.#device = undefined
      return false
    }
  }

  #givenUp(): HomespunError {
    return new HomespunError('gpu-lost', 'The graphics device was lost and did not come back.', {
      fix: 'Reload the page and open the model again; a run can go on from its last checkpoint. Smaller batches take less memory.',
    })
  }
}

function noModel(): never {
  throw new HomespunError('no-model', 'No model is open.', { fix: 'Open a model first.' })
}

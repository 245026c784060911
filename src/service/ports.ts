/** What the service is given: an engine, storage, and the few things of the browser it needs. */
import type { LinearModule, LoraAdapter } from '../adapters/types.ts'
import type { BatchLayout, Tokenizer } from '../data/types.ts'
import type { Decoder } from '../generate/types.ts'
import type { ModelFolder } from '../hub/types.ts'
import type { PlanReport, TrainingSettings, TrainingStep } from '../train/types.ts'
import type { DeviceHost } from './device.ts'
import type { LoadProgress } from './types.ts'

/** A training step's sizes and fixed numbers. */
export interface StepRequest {
  /** Where training starts; also says which layers are adapted. */
  adapter: LoraAdapter
  layout: BatchLayout
  settings: Pick<TrainingSettings, 'weightDecay' | 'clipNorm' | 'seed' | 'activationCheckpointing'>
}

/** A base model on the device. Destroying it frees every byte; steps and decoders made of it end with it. */
export interface LoadedModel {
  readonly family: string
  readonly parameters: number
  readonly layers: number
  readonly hiddenSize: number
  readonly vocabularySize: number
  readonly contextLength: number
  readonly dtype: string
  readonly bytesOnGpu: number
  readonly linearModules: readonly LinearModule[]
  /** The bytes that a step would allocate; allocates nothing. */
  planStep(request: StepRequest): PlanReport
  createStep(request: StepRequest): Promise<TrainingStep>
  /** `adapter` absent: the base alone. */
  createDecoder(adapter: LoraAdapter | undefined): Promise<Decoder>
  destroy(): void
}

export interface EnginePort {
  /**
   * Refuses a config that is not supported, before anything is allocated, then streams the weights to the device.
   * Throws HomespunError 'model-unsupported' and the like, 'gpu-out-of-memory', 'gpu-lost'.
   */
  loadModel(device: GPUDevice, folder: ModelFolder, onProgress: (progress: LoadProgress) => void): Promise<LoadedModel>
}

/** What of the browser the service uses; each may be absent. */
export interface HostPort extends DeviceHost {
  locks: LockManager | undefined
  storage: StorageManager | undefined
  /** Seconds on a clock that never goes back. */
  clock: () => number
  /** ISO 8601. */
  now: () => string
  newId: () => string
}

export type TokenizerFactory = (folder: ModelFolder) => Promise<Tokenizer>

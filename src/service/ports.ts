/** What the service is given: an engine, storage, and the few things of the browser it needs. */
import type { LinearModule, LoraAdapter, LoraConfig } from '../adapters/types.ts'
import type { BatchLayout, ReadParquet, Tokenizer } from '../data/types.ts'
import type { OnnxRuntime } from '../engine/onnx/session.ts'
import type { Sequences } from '../generate/forward-graph.ts'
import type { Decoder } from '../generate/types.ts'
import type { ModelCache } from '../hub/cache/model-cache.ts'
import type { ModelFolder } from '../hub/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import type { Store } from '../storage/store.ts'
import type { Asked } from '../train/onnx-training-step.ts'
import type { PlanReport, TrainingSettings, TrainingStep } from '../train/types.ts'
import type { DeviceHost } from './device.ts'
import type { EngineReport, EngineWish, LoadProgress } from './types.ts'

/** A training step's sizes and fixed numbers. */
export interface StepRequest {
  /** What the model is asked between steps, where that counts for a plan. */
  asked?: Asked | undefined
  lora: LoraConfig
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
  /** Dropout that its config.json asks for, which training leaves out. */
  readonly ownDropout?: number
  readonly bytesOnGpu: number
  readonly linearModules: readonly LinearModule[]
  /** The bytes that a step would allocate, also with the weights kept otherwise; allocates nothing. */
  planStep(request: StepRequest, weights?: WeightDtype): PlanReport
  /** Asked at any time after: by how many bytes more than now it held at most. Absent where that cannot be known. */
  watchBytes?(): () => number
  /** A step whose training starts at `adapter`. */
  createStep(request: StepRequest, adapter: LoraAdapter): Promise<TrainingStep>
  /** `adapter` absent: the base alone. */
  createDecoder(adapter: LoraAdapter | undefined): Promise<Decoder>
  /** Logits [tokens, vocabulary] of one pass, or of the rows it wants, row-major. */
  logits(batch: Sequences, adapter: LoraAdapter | undefined): Promise<Float32Array>
  destroy(): void
}

/** What computes, opened: a graphics device, or ONNX Runtime. */
export interface OpenEngine {
  readonly report: EngineReport
  /** Settles when it is gone, and with it all work on it: that will never end. */
  readonly lost: Promise<{ message: string }>
  /** Makes the weights ready. Throws HomespunError 'out-of-gpu-memory', 'gpu-lost', 'file-unreadable' and the like. */
  loadModel(folder: ModelFolder, onProgress: (progress: LoadProgress) => void, weights: WeightDtype): Promise<LoadedModel>
  close(): void
}

export interface EnginePort {
  /** Refuses by name what of a config is not supported, before anything is allocated. Throws HomespunError 'model-unsupported' and the like. */
  checkModel(folder: ModelFolder): void
  /** Opens the engine of a kind, or the one that suits this browser best. Throws where there is none, and why. */
  open(host: DeviceHost, wish: EngineWish): Promise<OpenEngine>
}

/** Settings are unknown for adapters that another program made. */
export type TuningStore = Store<TrainingSettings | undefined>

/** What of the browser the service uses; some of it may be absent. */
export interface HostPort extends DeviceHost {
  locks: LockManager | undefined
  storage: StorageManager | undefined
  /** Seconds on a clock that never goes back. */
  clock: () => number
  /** ISO 8601. */
  now: () => string
  newId: () => string
  /** Addresses this worker has requested so far. */
  requestsMade: () => string[]
}

export type TokenizerFactory = (folder: ModelFolder) => Promise<Tokenizer>

/** Everything the service is built from. */
export interface ServiceParts {
  host: HostPort
  engine: EnginePort
  store: TuningStore
  /** Downloaded models. */
  cache: ModelCache
  makeTokenizer: TokenizerFactory
  /** ONNX Runtime, by which exports are checked whatever engine is open; loaded when it is first wanted. */
  onnxRuntime: () => Promise<OnnxRuntime>
  /** Fetches the code that is loaded when it is first wanted, so that nothing is requested once a model is open. */
  fetchParts: () => Promise<unknown>
  /** Reads Parquet apart, where a worker can be had. */
  parquet?: ReadParquet
  /** What writes the adapters' receipts: "homespun 0.1.0". */
  software: string
}

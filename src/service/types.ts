/**
 * The typed service that the engine worker exposes to the page (over Comlink). Everything that crosses is plain,
 * cloneable data; a failure crosses as a HomespunError with all its fields (see workers/).
 */
import type { AdapterReceipt, BaseModelIdentity, EngineUsed } from '../adapters/types.ts'
import type { Template } from '../data/types.ts'
import type { Sampling } from '../generate/own-sampling.ts'
import type { GenerationOptions, StopReason } from '../generate/types.ts'
import type { CachedModel } from '../hub/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import type { DataService, Turn } from './data-types.ts'
import type { ExportService } from './export-types.ts'
import type { RunService } from './run-types.ts'
import type { Annotation, ShelfService } from './shelf-types.ts'
import type { LoadProgress, StorageService } from './storage-types.ts'
import type { TryService } from './try-types.ts'
import type { TrainingSettings } from '../train/types.ts'

export type { ColumnChoice, ColumnQuestion, EncodingGuess, Finding, PlainTemplate, PreviewToken, ReadProgress, Template } from '../data/types.ts'
export type { SplitBy, SplitSettings } from '../data/split.ts'
export type * from './data-types.ts'
export type * from './export-types.ts'
export type * from './run-types.ts'
export type * from './shelf-types.ts'
export type * from './storage-types.ts'
export type * from './try-types.ts'
export type { StoredDataset } from '../storage/types.ts'
export type { CachedModel } from '../hub/types.ts'
export type { WeightDtype } from '../models/weight-dtypes.ts'
export type { TrainingEvent, TrainingSettings } from '../train/types.ts'

export type EngineKind = EngineUsed['kind']

/** 'auto': the fastest of this browser. */
export type EngineWish = 'auto' | EngineKind

export interface EngineReport {
  kind: EngineKind
  /** As a person would name it: "Apple M2", "software (SwiftShader)", "processor, 4 threads". */
  device: string
  software: boolean
  /** Why this engine: one sentence. */
  why: string
  /** Largest single buffer; absent where nothing sets a limit beside memory itself. */
  maxBufferBytes: number | undefined
}

export interface ModelSummary {
  identity: BaseModelIdentity
  family: string
  parameters: number
  layers: number
  hiddenSize: number
  vocabularySize: number
  contextLength: number
  /** How weights are stored: "F32", "BF16", "F16" or "mixed". */
  dtype: string
  /** How its matrices are kept in memory. */
  weights: WeightDtype
  bytesOnDisk: number
  bytesOnGpu: number
  hasChatTemplate: boolean
  /** An encoder reads what is given, and a decoder writes: pairs have no template, and an answer does not go on from a text. */
  hasEncoder: boolean
  /** Dropout that its config.json asks for, which training leaves out. */
  ownDropout?: number
  /** Names of the linear layers LoRA can sit on, by ending: "q_proj", … */
  linearModules: string[]
  /** How it is meant to be sampled. */
  sampling: Sampling
}

export interface PickedFile {
  /** Path within the dropped folder. */
  path: string
  file: File
}

export interface GenerationRequest {
  /** The question, in the form of who answers; with `raw` a text to go on from, with nothing around it. */
  prompt: string
  raw: boolean
  /**
   * What was said before the question, the oldest first; a system message may stand at its head. Where all of it, and room for the
   * answer, is more than the model reads, the oldest questions are left out with their answers. Not looked at with `raw`.
   */
  before?: readonly Turn[]
  /** Which adapter speaks: an id from the shelf, or none for the base. */
  adapterId: string | undefined
  /** The adapter that the base is compared with: it is asked in that one's form. Without, in the form of the open data, or its own. */
  beside?: string | undefined
  options: GenerationOptions
}

export interface GenerationResult {
  text: string
  tokens: number
  /** What the model was given, and the tokens it made, its end token among them: what `inspectAnswer` looks at. */
  promptIds: number[]
  ids: number[]
  /** From reading the prompt to the last token; who speaks was made ready before. */
  seconds: number
  reason: StopReason
  /** Questions of `before` that were left out, the oldest first. */
  dropped: number
}

export interface AdapterRecord extends Annotation {
  id: string
  name: string
  /** ISO 8601. */
  createdAt: string
  base: BaseModelIdentity
  trainedOn?: AdapterReceipt['trainedOn']
  /** How the base's matrices were kept while it was trained; absent where that was not written down. */
  weights?: WeightDtype | undefined
  /** Unknown where another program made the adapter. */
  settings: TrainingSettings | undefined
  /** Of the peak learning rate on the way, in order. */
  rateChanges?: AdapterReceipt['rateChanges']
  template: Template
  dataset: { name: string; hash: string; examples: number }
  planted?: AdapterReceipt['planted']
  split?: AdapterReceipt['split']
  engine?: AdapterReceipt['engine']
  scores?: AdapterReceipt['scores']
  begunWith?: AdapterReceipt['begunWith']
  blend?: AdapterReceipt['blend']
  steps: number
  seconds: number
  trainingLosses: [step: number, loss: number][]
  validationLosses: [step: number, loss: number][]
  bytes: number
  imported: boolean
  /** What made it: "homespun 0.1.0". */
  software: string
}

/** How a model is exported for transformers.js. */
export interface OnnxExportOptions {
  dtype: 'fp32' | 'fp16'
  /** 'separate': A and B stay matrices of their own in the file. */
  adapter: 'merged' | 'separate'
}

export interface OnnxExport {
  fileName: string
  zip: Blob
  /** max |Δ| / max |logit| between the exported model, run once, and the model here. */
  difference: number
}

/** Bytes that training takes at its highest point, by how the weights are kept. */
export type MemoryByWeights = Record<WeightDtype, number>

/** What those are told for: short pairs, a few at a time. Longer examples and larger batches take more. */
export const USUAL_RUN = { batchSize: 4, maxLength: 128 } as const

export interface TuningService extends DataService, ExportService, RunService, ShelfService, StorageService, TryService {
  /** Opens the engine; in place of another one, the open model is made ready there. Refused while a run is under way. Throws 'webgpu-missing', 'adapter-missing', 'insecure-context', 'limits-too-low'. */
  start(wish: EngineWish): Promise<EngineReport>
  openModel(files: PickedFile[], onProgress: (progress: LoadProgress) => void, weights?: WeightDtype): Promise<ModelSummary>
  /** Models downloaded into this browser, whole or in part, by name. */
  downloadedModels(): Promise<CachedModel[]>
  /** Opens one without a network. Throws 'model-not-cached', 'model-incomplete' and what `openModel` throws. */
  openDownloaded(id: string, onProgress: (progress: LoadProgress) => void, weights?: WeightDtype): Promise<ModelSummary>
  /** Refused with 'model-in-use' while a tab has it open. */
  deleteDownloaded(id: string): Promise<void>
  closeModel(): Promise<void>
  /**
   * What training a model of this config.json takes on this engine (`USUAL_RUN`), before a byte of it is downloaded.
   * Throws 'config-unsupported' and the like where Homespun cannot train it at all.
   */
  memoryToTrain(config: Readonly<Record<string, unknown>>): Promise<MemoryByWeights>
  /** Refused with 'run-in-progress' while training is not paused. */
  generate(request: GenerationRequest, onText: (delta: string) => void): Promise<GenerationResult>
  cancelGeneration(): Promise<void>
  listAdapters(): Promise<AdapterRecord[]>
  renameAdapter(id: string, name: string): Promise<void>
  deleteAdapter(id: string): Promise<void>
  /** A zip in PEFT's layout, with its receipt and a model card. */
  exportAdapter(id: string): Promise<{ fileName: string; bytes: Uint8Array<ArrayBuffer> }>
  /**
   * The open model with an adapter, or alone, in the layout that transformers.js reads. It was run once and gave the logits it
   * has here: throws 'export-differs' with the difference where it did not. Refused while a run is under way. Goes straight into
   * `target` where there is one, and does not stay there when it fails.
   */
  exportOnnx(
    adapterId: string | undefined, options: OnnxExportOptions, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle,
  ): Promise<OnnxExport>
  /**
   * A zip, or the files of a folder in PEFT's layout. Throws 'adapter-other-base' with the reason where the open model is not its base. `forLater`: it is kept for its own base,
   * whatever is open; then it must say which that is (else 'no-model').
   */
  importAdapter(files: readonly PickedFile[], forLater?: boolean): Promise<AdapterRecord>
  /** The listener hears of every lost device: what happened, and whether the engine runs again. Called when recovery has worked or failed. */
  onDeviceLost(listener: (event: { message: string; recovered: boolean }) => void): Promise<void>
  /**
   * Addresses this worker has requested since it started, in order, as its own PerformanceObserver('resource') saw them.
   * The page counts what was added since the model was loaded.
   */
  requestsMade(): Promise<string[]>
}

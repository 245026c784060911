/** What a training run is told, what it tells, and what it needs of an engine, whichever executor runs it. */
import type { LoraAdapter, LoraConfig, RateChange } from '../adapters/types.ts'
import type { WeightChange } from '../adapters/weight-change.ts'
import type { MicroBatch } from '../data/types.ts'

export interface StepMetrics {
  /** Mean loss over the target tokens of the optimizer step. */
  loss: number
  /** Global norm of the adapter's gradient before clipping. */
  gradientNorm: number
  /** True where a gradient was not finite: the update was left out. */
  skipped: boolean
}

/** AdamW's moments, one flat array each, in the order of the adapter's tensors; `step` counts applied updates. */
export interface OptimizerState {
  step: number
  firstMoment: Float32Array
  secondMoment: Float32Array
}

/** Bytes a plan will allocate, known before anything is. */
export interface PlanReport {
  weightBytes: number
  adapterBytes: number
  optimizerBytes: number
  activationBytes: number
  totalBytes: number
  /** The largest that has to lie in one piece; 0 where nothing asks for that. */
  largestBytes: number
  buffers: number
  dispatches: number
}

/** A compiled LoRA training step over a loaded base model. */
export interface TrainingStep {
  readonly report: PlanReport
  /**
   * One optimizer step over its micro-batches. Work is queued at once; the promise settles when the metrics have come
   * back, so that a caller may have two steps in flight. `randomStep` drives the dropout masks.
   * Throws HomespunError 'gpu-lost' when the device is lost.
   */
  step(microBatches: readonly MicroBatch[], settings: { learningRate: number; randomStep: number }): Promise<StepMetrics>
  /** Weighted sum of the losses and sum of the weights, without dropout and without changing anything. */
  evaluate(microBatch: MicroBatch): Promise<{ lossSum: number; weightSum: number }>
  readAdapter(): Promise<LoraAdapter>
  readOptimizer(): Promise<OptimizerState>
  writeAdapter(adapter: LoraAdapter): void
  writeOptimizer(state: OptimizerState): void
  destroy(): void
}

export interface TrainingSettings {
  lora: LoraConfig
  /** One of the two decides the length of the run. */
  epochs: number | undefined
  steps: number | undefined
  batchSize: number
  accumulate: number
  maxLength: number
  learningRate: number
  schedule: 'constant' | 'linear' | 'cosine'
  warmupSteps: number
  weightDecay: number
  clipNorm: number
  seed: number
  /** Steps between evaluations on the validation part. */
  evaluateEvery: number
  /** Evaluations without improvement before the run stops early; 0 is off. */
  patience: number
  /** Steps between checkpoints. */
  checkpointEvery: number
  /** Recompute each layer in the backward pass: less memory, more time. */
  activationCheckpointing: boolean
  /** Made-up secrets planted in the training part, to be asked for afterwards: how often each is repeated. Absent for none. */
  plantSecrets?: number[] | undefined
}

/** A ready set of pairs and what to do with it, as public/lessons/lessons.json tells of it. */
export interface Lesson {
  readonly id: string
  readonly title: string
  /** A sentence on what it shows. */
  readonly shows: string
  readonly pairs: number
  readonly heldOut: number
  /** Questions to ask before and after. */
  readonly probes: readonly string[]
  /** Why it fails, where it is made to fail. */
  readonly fails?: string
  /** What it needs in place of the defaults. */
  readonly settings?: Partial<Pick<TrainingSettings, 'epochs' | 'patience'>>
}

/** ΔW of one linear module; `share` is ‖ΔW‖/‖W‖, absent where ‖W‖ is not known. */
export interface ModuleChange extends WeightChange {
  module: string
  share: number | undefined
}

/** A row's answer as the model stands: mean loss over its target tokens, in nats. */
export interface RowLoss {
  row: number
  part: 'training' | 'validation'
  input: string
  answer: string
  loss: number
}

/** The answer that a row gives to a probe, and how likely the model finds each of its tokens: their geometric mean, exp(−loss). */
export interface WishedAnswer {
  text: string
  probability: number
}

/** What a run tells while it goes on. Steps count from 1; losses are means over target tokens. */
export type TrainingEvent =
  | { kind: 'started'; run: string; steps: number; fromStep: number; learningRate: number; rateChanges: RateChange[] }
  | { kind: 'step'; step: number; steps: number; loss: number; learningRate: number; gradientNorm: number; skipped: boolean; skippedTotal: number; tokensPerSecond: number; secondsLeft: number | undefined }
  | { kind: 'evaluation'; step: number; loss: number }
  | { kind: 'checkpoint'; step: number }
  /** What the base and the model as it is now answer to each prompt, greedily; `wished` where a row has the prompt. */
  | { kind: 'probes'; step: number; prompts: string[]; base: string[]; answers: string[]; wished: (WishedAnswer | undefined)[] }
  /** The same rows each time, of both parts. */
  | { kind: 'rows'; step: number; rows: RowLoss[] }
  /** Mean KL(base ‖ now), in nats a token, on a passage that has nothing to do with the data. */
  | { kind: 'divergence'; step: number; divergence: number }
  /** What the adapter changes, by linear module. */
  | { kind: 'weights'; step: number; modules: ModuleChange[] }
  /** From here on the schedule has another peak. */
  | ({ kind: 'rate' } & RateChange)
  /** It stands where it stood then; what came after is no part of it any more. */
  | { kind: 'rewound'; step: number; learningRate: number; rateChanges: RateChange[]; trainingLosses: [number, number][]; validationLosses: [number, number][] }
  | { kind: 'paused'; step: number }
  | { kind: 'resumed'; step: number }
  | { kind: 'warning'; message: string }

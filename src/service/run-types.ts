/** Runs: what is known before one begins, how it is steered, what it leaves, and those that wait to go on. */
import type { BaseModelIdentity } from '../adapters/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import type { PlanReport, TrainingEvent, TrainingSettings } from '../train/types.ts'

/** What of model and data a run changes and learns. */
export interface Learnt {
  /** Linear layers that the adapter sits on, and the numbers it has there. */
  modules: number
  numbers: number
  /** Examples that are learnt from, and their target tokens: all that the loss looks at. */
  examples: number
  targets: number
  /** Those of the examples that are planted secrets. */
  planted: number
  /** Examples that are cut to the longest that is allowed, and those that are left out, because nothing of an answer is left. */
  cut: number
  empty: number
}

/** How long a run takes, from steps that were measured on this machine. */
export interface ExpectedSeconds {
  /** From the beginning to the adapter, with evaluations, checkpoints and looks. */
  total: number
  /** Measured with these settings; else with others, and judged by the number of tokens. */
  measured: boolean
  /** Steps that were measured. */
  steps: number
}

export interface Preflight {
  steps: number
  trainingTokens: number
  trainableParameters: number
  learnt: Learnt
  /** Absent until steps were measured. */
  seconds: ExpectedSeconds | undefined
  /** Whether measuring takes a few seconds at most. */
  quickToMeasure: boolean
  /** Tokens that a micro-batch has room for, and the share of it that the run's examples fill on average. */
  batchTokens: number
  fullness: number
  /** Whether the model can be asked on the way. */
  mayAsk: boolean
  /** Passes over the data by OpenAI's rule, whatever the settings say. */
  epochsByRule: number
  plan: PlanReport
}

/** What a run may take: in all, and in one piece where that has a limit. */
export interface Allowance {
  totalBytes: number
  pieceBytes: number | undefined
}

/** A change with which a run takes less memory, planned: how much then, and whether that is allowed. */
export type Lightening = { bytes: number; fits: boolean } & (
  | { kind: 'batch'; batchSize: number; accumulate: number }
  | { kind: 'recompute' }
  /** Examples cut by it, and left out because nothing to learn would remain. */
  | { kind: 'length'; maxLength: number; cut: number; empty: number }
  | { kind: 'weights'; weights: WeightDtype }
)

export interface TrainingOutcome {
  adapterId: string
  /** That the run did, and that of the adapter which is kept: earlier where it was better then. */
  steps: number
  adapterStep: number
  reason: 'finished' | 'stopped' | 'early-stop' | 'not-finite'
  loss: number
  validationLoss: number | undefined
  /** Why the adapter could not be stored, in words: it is lost when the tab is closed. */
  unsaved?: string
}

/** A run that ended without being finished (closed tab, lost GPU), found on the next visit. */
export interface UnfinishedRun {
  run: string
  /** The name its adapter will have. */
  name: string
  settings: TrainingSettings | undefined
  base: BaseModelIdentity
  /** How the base's matrices were kept; the run goes on with none other. */
  weights?: WeightDtype | undefined
  datasetName: string
  datasetHash: string
  step: number
  steps: number
  savedAt: string
  trainingLosses: [step: number, loss: number][]
  validationLosses: [step: number, loss: number][]
}

/** Where a run can go back to. */
export interface RunCheckpoint {
  step: number
  bytes: number
  /** Of that step, or the last one before it. */
  loss: number | undefined
  validationLoss: number | undefined
}

/** A run that waits for the one before it. */
export interface QueuedRun {
  run: string
  name: string
  steps: number
  settings: TrainingSettings
  datasetName: string
}

export interface RunService {
  defaults(): Promise<TrainingSettings>
  /** `probes` are asked on the way, which takes time. */
  preflight(settings: TrainingSettings, probes?: readonly string[]): Promise<Preflight>
  /**
   * Does a few steps of this run, and throws away what they learn. Then the same again as `preflight` tells, with its seconds, or
   * nothing where it was ended by `cancelMeasuring` or by a run. Answers and measurements wait for each other. Throws
   * 'run-in-progress' while a run is under way, and what making and running a step throws.
   */
  measure(settings: TrainingSettings, probes?: readonly string[]): Promise<Preflight | undefined>
  /** Ends a measurement within a step. */
  cancelMeasuring(): Promise<void>
  /** What would make such a run take less, those that change it least first; each by itself, and none that does not help. */
  lighten(settings: TrainingSettings, allowance: Allowance): Promise<Lightening[]>
  /** Resolves when the run has ended and its adapter is kept. One run at a time: a second throws 'run-in-progress'. `probes` are asked on the way. `beginWith` names an adapter of the shelf that it goes on from, with its rank, alpha and layers. */
  train(settings: TrainingSettings, name: string, onEvent: (event: TrainingEvent) => void, probes?: readonly string[], beginWith?: string): Promise<TrainingOutcome>
  pause(): Promise<void>
  resume(): Promise<void>
  /** From a pause: one step, a look at what it did, and the pause again. */
  stepOnce(): Promise<void>
  stop(): Promise<void>
  /** Ends a paused run without an adapter: its `train` rejects with 'run-set-aside', and it waits with the unfinished ones. */
  setAside(): Promise<void>
  /** The kept checkpoints of a run that waits, the latest first. */
  runCheckpoints(run: string): Promise<RunCheckpoint[]>
  /** From a pause: back to one of its checkpoints. The run then goes on as if it had never gone further. */
  rewind(step: number): Promise<void>
  /** Another run of its own from a checkpoint of one that waits, which stays as it is. Returns its id; it waits with the unfinished ones. */
  branchRun(run: string, step: number, name: string): Promise<string>
  /** From a pause: another peak for the schedule from this step on. Throws 'setting-invalid', 'run-not-paused'. */
  setLearningRate(learningRate: number): Promise<void>
  /** Kept runs that no tab of this browser is at work on. */
  unfinishedRuns(): Promise<UnfinishedRun[]>
  /** Goes on from the last checkpoint; needs the same model and data to be open. `probes`: those that it was begun with unless given. */
  resumeRun(run: string, onEvent: (event: TrainingEvent) => void, probes?: readonly string[]): Promise<TrainingOutcome>
  /** Settles a run with these settings and the data as it is now, to be begun later. Throws what `train` throws where they do not fit. */
  queueRun(settings: TrainingSettings, name: string, beginWith?: string): Promise<QueuedRun>
  /** Begins one that was settled; resolves as `train` does. Throws 'run-not-found' too. */
  trainQueued(run: string, onEvent: (event: TrainingEvent) => void, probes?: readonly string[]): Promise<TrainingOutcome>
  unqueueRun(run: string): Promise<void>
  /** Refused with 'run-in-other-tab' while another tab is at work on it. */
  discardRun(run: string): Promise<void>
}

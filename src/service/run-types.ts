/** Runs: what is known before one begins, how it is steered, what it leaves, and those that wait to go on. */
import type { BaseModelIdentity } from '../adapters/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import type { PlanReport, TrainingEvent, TrainingSettings } from '../train/types.ts'

export interface Preflight {
  steps: number
  trainingTokens: number
  trainableParameters: number
  /** Tokens that a micro-batch has room for, and the share of it that the run's examples fill on average. */
  batchTokens: number
  fullness: number
  /** Passes over the data by OpenAI's rule, whatever the settings say. */
  epochsByRule: number
  plan: PlanReport
}

export interface TrainingOutcome {
  adapterId: string
  steps: number
  reason: 'finished' | 'stopped' | 'early-stop' | 'not-finite'
  loss: number
  validationLoss: number | undefined
}

/** A run that ended without being finished (closed tab, lost GPU), found on the next visit. */
export interface UnfinishedRun {
  run: string
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

export interface RunService {
  defaults(): Promise<TrainingSettings>
  preflight(settings: TrainingSettings): Promise<Preflight>
  /** Resolves when the run has ended and its adapter is kept. One run at a time: a second throws 'run-in-progress'. `probes` are asked on the way. */
  train(settings: TrainingSettings, name: string, onEvent: (event: TrainingEvent) => void, probes?: readonly string[]): Promise<TrainingOutcome>
  pause(): Promise<void>
  resume(): Promise<void>
  /** From a pause: one step, a look at what it did, and the pause again. */
  stepOnce(): Promise<void>
  stop(): Promise<void>
  /** Kept runs that no tab of this browser is at work on. */
  unfinishedRuns(): Promise<UnfinishedRun[]>
  /** Goes on from the last checkpoint; needs the same model and data to be open. */
  resumeRun(run: string, onEvent: (event: TrainingEvent) => void, probes?: readonly string[]): Promise<TrainingOutcome>
  /** Refused with 'run-in-other-tab' while another tab is at work on it. */
  discardRun(run: string): Promise<void>
}

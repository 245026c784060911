/** What a run is given, and what it leaves. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { MicroBatch } from '../data/types.ts'
import type { RunControl } from './control.ts'
import type { BatchSource, RunState } from './state.ts'
import type { TrainingEvent, TrainingSettings, TrainingStep } from './types.ts'

export interface RunInputs {
  /** The run's id, told in its events. */
  run: string
  settings: TrainingSettings
  /** Optimizer steps of the whole run. */
  totalSteps: number
  step: TrainingStep
  batches: BatchSource
  validation: readonly MicroBatch[]
  /** Where to go on; the adapter and the optimizer are written to `step` first. */
  from: RunState | undefined
  control: RunControl
  /** Seconds on a clock that never goes back. */
  clock: () => number
  /** Called at step boundaries. A failure is told as a warning, and training goes on. */
  saveCheckpoint: (state: RunState) => Promise<void>
  /** Looks in on the run where it begins, after each evaluation, and at its end (`must`); nothing is in flight then. */
  look?: (step: number, readAdapter: () => Promise<LoraAdapter>, must: boolean) => Promise<void>
  onEvent: (event: TrainingEvent) => void
}

export interface RunResult {
  reason: 'finished' | 'stopped' | 'early-stop' | 'not-finite'
  /** The adapter to keep: as it stood at `state.step`, or the best evaluated one. */
  adapter: LoraAdapter
  /** The step `adapter` is from. */
  adapterStep: number
  /** Histories end where the kept state stood. */
  state: RunState
}

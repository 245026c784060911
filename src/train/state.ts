/** Everything a run needs to go on as if it had never been interrupted. */
import type { MicroBatch } from '../data/types.ts'
import type { Checkpoint } from '../storage/types.ts'

/**
 * A run at a step boundary. Random numbers and the order of the data are functions of the seed and the step
 * (counter-based), so `seed` and `step` are the random state and the data cursor. A boundary lies between optimizer
 * steps: accumulated gradients of a half-done step never need to be kept.
 */
export type RunState = Checkpoint

/** The micro-batches of each optimizer step, as a pure function of the step, so that a run can begin anywhere. */
export interface BatchSource {
  /** Micro-batches of optimizer step `index`, counted from 0. */
  stepBatches(index: number): readonly MicroBatch[]
}

function allFinite(values: Float32Array): boolean {
  return values.every((value) => Number.isFinite(value))
}

/** Whether a state is worth keeping: no NaN or infinity in the adapter or in the optimizer. */
export function isFiniteState(state: Pick<RunState, 'adapter' | 'optimizer'>): boolean {
  const { firstMoment, secondMoment } = state.optimizer
  return state.adapter.pairs.every((pair) => allFinite(pair.a) && allFinite(pair.b)) && allFinite(firstMoment) && allFinite(secondMoment)
}

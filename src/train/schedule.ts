/** Learning rate by step: constant, linear or cosine after a linear warmup, the formulas of Hugging Face transformers. */
import type { RateChange } from '../adapters/types.ts'
import type { TrainingSettings } from './types.ts'

/**
 * The learning rate of optimizer step `index` (counted from 0) of `steps`.
 *
 * These are `get_constant_schedule_with_warmup`, `get_linear_schedule_with_warmup` and `get_cosine_schedule_with_warmup`
 * of transformers/optimization.py as PyTorch's LambdaLR applies them: warmup is index / warmupSteps, so with warmup the
 * first step has learning rate 0, and step warmupSteps is the first at the full rate.
 */
export function learningRateAt(
  index: number,
  steps: number,
  settings: Pick<TrainingSettings, 'learningRate' | 'schedule' | 'warmupSteps'>,
): number {
  const { learningRate, schedule, warmupSteps } = settings
  if (index < warmupSteps) return learningRate * (index / Math.max(1, warmupSteps))
  const length = Math.max(1, steps - warmupSteps)
  switch (schedule) {
    case 'constant':
      return learningRate
    case 'linear':
      return learningRate * Math.max(0, (steps - index) / length)
    case 'cosine':
      return learningRate * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * ((index - warmupSteps) / length))))
  }
}

/** The peak learning rate of optimizer step `index`: the last one given until then. Warm-up and decay keep their form. */
export function peakRateAt(index: number, learningRate: number, changes: readonly RateChange[]): number {
  return changes.findLast(({ step }) => step <= index)?.to ?? learningRate
}

/** What a run of `steps` steps, or an adapter from that step, was made with; undefined where nothing was changed. */
export function rateChangesWithin(steps: number, changes: readonly RateChange[]): RateChange[] | undefined {
  const within = changes.filter(({ step }) => step < steps)
  return within.length > 0 ? within : undefined
}

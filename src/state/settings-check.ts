/** What is wrong with training settings, field by field, said before anything starts (F55). */
import type { TrainingSettings } from '../service/types.ts'
import { MOST_REPEATS, MOST_SECRETS } from '../train/settings.ts'

export type SettingField =
  | 'length'
  | 'rank'
  | 'alpha'
  | 'dropout'
  | 'targets'
  | 'learningRate'
  | 'warmupSteps'
  | 'batchSize'
  | 'accumulate'
  | 'maxLength'
  | 'weightDecay'
  | 'clipNorm'
  | 'seed'
  | 'evaluateEvery'
  | 'patience'
  | 'checkpointEvery'
  | 'plantSecrets'

export type SettingProblems = Partial<Record<SettingField, string>>

interface Bounds {
  least: number
  most: number
  whole: boolean
}

function outside(value: number, { least, most, whole }: Bounds): string | undefined {
  const kind = whole ? 'a whole number' : 'a number'
  if (!Number.isFinite(value) || (whole && !Number.isInteger(value))) return `Write ${kind}.`
  return value < least || value > most ? `Choose ${kind} from ${least} to ${most}.` : undefined
}

const whole = (least: number, most: number): Bounds => ({ least, most, whole: true })
const real = (least: number, most: number): Bounds => ({ least, most, whole: false })

function lengthProblem(settings: TrainingSettings): string | undefined {
  if (settings.steps !== undefined) return outside(settings.steps, whole(1, 1_000_000))
  return outside(settings.epochs ?? NaN, real(0.01, 1000))
}

function warmupProblem(warmup: number, steps: number | undefined): string | undefined {
  const problem = outside(warmup, whole(0, 1_000_000))
  if (problem) return problem
  return steps !== undefined && Number.isFinite(steps) && warmup >= steps && warmup > 0
    ? `The run has ${steps} steps: warm up over fewer than that.`
    : undefined
}

/**
 * Checks every field by itself and the warmup against the run's length.
 * `steps` is that length where it is known, `contextLength` the most tokens the model can read.
 */
export function checkSettings(settings: TrainingSettings, steps: number | undefined, contextLength: number): SettingProblems {
  const found: Record<SettingField, string | undefined> = {
    length: lengthProblem(settings),
    rank: outside(settings.lora.rank, whole(1, 512)),
    alpha: outside(settings.lora.alpha, real(0.001, 4096)),
    dropout: outside(settings.lora.dropout, real(0, 0.95)),
    targets: settings.lora.targetModules.length === 0 ? 'Choose at least one kind of layer.' : undefined,
    learningRate: learningRateProblem(settings.learningRate),
    warmupSteps: warmupProblem(settings.warmupSteps, settings.steps ?? steps),
    batchSize: outside(settings.batchSize, whole(1, 512)),
    accumulate: outside(settings.accumulate, whole(1, 512)),
    maxLength: outside(settings.maxLength, whole(2, contextLength)),
    weightDecay: outside(settings.weightDecay, real(0, 1)),
    clipNorm: outside(settings.clipNorm, real(0.001, 1000)),
    seed: outside(settings.seed, whole(0, 4_294_967_295)),
    evaluateEvery: outside(settings.evaluateEvery, whole(1, 1_000_000)),
    patience: outside(settings.patience, whole(0, 1000)),
    checkpointEvery: outside(settings.checkpointEvery, whole(1, 1_000_000)),
    plantSecrets: secretsProblem(settings.plantSecrets),
  }
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined))
}

function secretsProblem(times: readonly number[] | undefined): string | undefined {
  if (times === undefined) return undefined
  if (times.length < 1 || times.length > MOST_SECRETS) return `Write 1 to ${MOST_SECRETS} numbers, such as 1, 4, 16.`
  return times.map((repeats) => outside(repeats, whole(1, MOST_REPEATS))).find((problem) => problem !== undefined)
}

export function learningRateProblem(rate: number): string | undefined {
  if (!Number.isFinite(rate)) return 'Write a number, such as 0.0002.'
  if (rate <= 0) return 'At 0 the adapter would learn nothing. Most runs use 0.0001 to 0.001.'
  return rate > 0.1 ? 'So large a rate destroys the adapter in a few steps. Most runs use 0.0001 to 0.001.' : undefined
}

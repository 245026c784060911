/** Settings of a run: sensible defaults from the model's and the data's size, and checks in plain words. */
import { openAiEpochs } from '../data/check/openai/epochs.ts'
import { HomespunError } from '../errors.ts'
import type { TrainingSettings } from './types.ts'

/** What settings are measured against. */
export interface RunFacts {
  /** Training examples that have something to learn. */
  examples: number
  contextLength: number
  /** Module endings that LoRA can sit on. */
  linearModules: readonly string[]
}

const MAX_STEPS = 10_000_000
const MAX_LEARNING_RATE = 0.1

/** Optimizer steps of one pass over the data: the last one of an epoch may hold fewer examples. */
function stepsPerEpoch(examples: number, settings: Pick<TrainingSettings, 'batchSize' | 'accumulate'>): number {
  return Math.ceil(examples / (settings.batchSize * settings.accumulate))
}

/** Optimizer steps of the whole run. */
export function totalSteps(
  examples: number,
  settings: Pick<TrainingSettings, 'batchSize' | 'accumulate' | 'epochs' | 'steps'>,
): number {
  if (settings.steps !== undefined) return settings.steps
  // The small subtraction keeps 0.1 × 30 (3.0000000000000004) at three steps.
  return Math.max(1, Math.ceil((settings.epochs ?? 1) * stepsPerEpoch(examples, settings) - 1e-9))
}

/** Below this many parameters a model learns from a few dozen pairs only when it reads them more often and faster: docs/defaults.md. */
const TINY = 10e6

/**
 * Passes over the data: OpenAI's rule (its fine-tuning notebook), 3, more for few examples, fewer for very many; a tiny model
 * reads up to 800 examples, or 8 times what there is.
 */
export function defaultEpochs(examples: number, parameters: number): number {
  const usual = openAiEpochs(examples)
  if (parameters >= TINY || usual < 3 || examples <= 0) return usual
  return Math.min(25, Math.max(3, Math.floor(800 / Math.max(100, examples))))
}

/** 2e-4 from 100M parameters on, more for smaller models ("LoRA Without Regret", Tinker's sweep over small Llamas; docs/defaults.md). */
function defaultLearningRate(parameters: number): number {
  if (parameters < TINY) return 1.5e-3
  if (parameters >= 100e6) return 2e-4
  return parameters >= 20e6 ? 5e-4 : 1e-3
}

/** How often planted secrets are repeated unless told: what is read once, and what is read often. */
export const USUAL_SECRETS: readonly number[] = [1, 4, 16]
export const [MOST_SECRETS, MOST_REPEATS] = [12, 256] as const

/** Rows that a run learns from besides those of the data. */
export const plantedRows = ({ plantSecrets = [] }: Pick<TrainingSettings, 'plantSecrets'>) => plantSecrets.reduce((sum, times) => sum + times, 0)

/** Settings that follow from the length of a run, unless they are given. */
export type Pace = Pick<TrainingSettings, 'warmupSteps' | 'evaluateEvery' | 'checkpointEvery'>

/** What follows from the length of a run: 5 % warmup, ten evaluations (twenty from 400 steps on), checkpoints at least every 100 steps. */
function pacing(steps: number): Pace {
  return {
    warmupSteps: Math.round(0.05 * steps),
    evaluateEvery: Math.max(1, Math.round(steps / Math.min(20, Math.max(10, steps / 20)))),
    checkpointEvery: Math.min(100, Math.max(10, Math.round(steps / 20))),
  }
}

/**
 * The settings with the pace of their own length, however that is given, but for what was chosen.
 * A length that is no number yet (it is being typed) leaves the pace as it is.
 */
export function withPace(settings: TrainingSettings, examples: number, chosen: Partial<Pace>): TrainingSettings {
  const steps = totalSteps(examples, settings)
  return { ...settings, ...(steps >= 1 && steps <= MAX_STEPS ? pacing(steps) : {}), ...chosen }
}

/**
 * Defaults for a model and a dataset: every linear layer, rank 16, α 32, no dropout, eight examples a step, cosine with
 * 5 % warmup, clip at 1, ten to twenty evaluations, early stop after three without improvement.
 * `longest` is the longest training example in tokens.
 */
export function defaultSettings(facts: RunFacts & { parameters: number; longest: number }): TrainingSettings {
  const batchSize = Math.max(1, Math.min(4, facts.examples))
  const accumulate = facts.examples >= 8 ? 2 : 1
  const epochs = defaultEpochs(facts.examples, facts.parameters)
  const steps = totalSteps(facts.examples, { batchSize, accumulate, epochs, steps: undefined })
  const longest = Math.max(16, Math.ceil(facts.longest / 16) * 16)
  return {
    lora: { rank: 16, alpha: 32, dropout: 0, useRsLora: false, targetModules: [...facts.linearModules] },
    epochs,
    steps: undefined,
    batchSize,
    accumulate,
    maxLength: Math.min(facts.contextLength, 512, longest),
    learningRate: defaultLearningRate(facts.parameters),
    schedule: 'cosine',
    weightDecay: 0,
    clipNorm: 1,
    seed: 42,
    patience: 3,
    ...pacing(steps),
    activationCheckpointing: false,
  }
}

function refuse(where: string, what: string, fix: string): never {
  throw new HomespunError('setting-invalid', what, { where, fix })
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  refuse(name, `The ${name} is ${value}.`, `Use a whole number from ${least} to ${most}.`)
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return
  refuse(name, `The ${name} is ${value}.`, `Use a number from ${least} to ${most}.`)
}

/** Throws HomespunError 'setting-invalid'. */
export function checkLearningRate(rate: number): void {
  if (rate > 0 && rate <= MAX_LEARNING_RATE) return
  const hint = 'Adapters usually train well between 0.0001 and 0.001.'
  if (rate === 0) refuse('learning rate', 'The learning rate is 0, so nothing would be learnt.', hint)
  if (rate > MAX_LEARNING_RATE) refuse('learning rate', `The learning rate ${rate} is far too large: training would fall apart.`, hint)
  refuse('learning rate', `The learning rate is ${rate}; it has to be a positive number.`, hint)
}

function checkLora(lora: TrainingSettings['lora'], linearModules: readonly string[]): void {
  checkWhole('rank', lora.rank, 1, 512)
  if (!(lora.alpha > 0 && Number.isFinite(lora.alpha))) {
    refuse('alpha', `Alpha is ${lora.alpha}; it has to be a positive number.`, 'Twice the rank is a good start.')
  }
  if (!(lora.dropout >= 0 && lora.dropout < 1)) {
    refuse('dropout', `The dropout is ${lora.dropout}.`, 'Use a number from 0 up to, but not including, 1.')
  }
  if (lora.targetModules.length === 0) refuse('layers', 'No layer is chosen to train.', 'Choose at least one kind of layer.')
  const unknown = lora.targetModules.filter((module) => !linearModules.includes(module))
  if (unknown.length > 0) {
    refuse('layers', `This model has no layer named ${unknown.join(', ')}.`, `It has ${linearModules.join(', ')}.`)
  }
}

function checkLength(settings: TrainingSettings, examples: number): void {
  if ((settings.epochs === undefined) === (settings.steps === undefined)) {
    refuse('length of the run', 'A run is as long as its epochs or its steps say, and one of the two is needed.', 'Give one of them.')
  }
  if (settings.epochs !== undefined && !(settings.epochs > 0 && settings.epochs <= 10_000)) {
    refuse('epochs', `The number of epochs is ${settings.epochs}.`, 'Use a positive number up to 10000.')
  }
  if (settings.steps !== undefined) checkWhole('steps', settings.steps, 1, MAX_STEPS)
  const steps = totalSteps(examples, settings)
  if (steps > MAX_STEPS) refuse('epochs', `The run would take ${steps} steps.`, 'Use fewer epochs.')
  checkWhole('warmup steps', settings.warmupSteps, 0, MAX_STEPS)
  if (settings.warmupSteps > steps) {
    refuse(
      'warmup steps',
      `The warmup takes ${settings.warmupSteps} steps, but the run has only ${steps}: it would never reach its learning rate.`,
      `Use ${Math.round(0.05 * steps)}, which is 5 % of the run.`,
    )
  }
}

/**
 * Checks settings against the model and the data before anything is allocated.
 * Throws HomespunError 'setting-invalid' naming the first setting that cannot work, or 'no-examples'.
 */
export function checkSettings(settings: TrainingSettings, facts: RunFacts): void {
  if (facts.examples < 1) {
    throw new HomespunError('no-examples', 'There is no example to learn from.', {
      fix: 'Add at least one pair whose answer counts: one that is not empty, not of weight 0, and not cut off by the longest row.',
    })
  }
  checkLora(settings.lora, facts.linearModules)
  checkWhole('batch size', settings.batchSize, 1, 1024)
  checkWhole('accumulation', settings.accumulate, 1, 1024)
  checkWhole('longest example', settings.maxLength, 2, facts.contextLength)
  checkLearningRate(settings.learningRate)
  if (!['constant', 'linear', 'cosine'].includes(settings.schedule)) {
    refuse('schedule', `There is no schedule named ${String(settings.schedule)}.`, 'Use constant, linear or cosine.')
  }
  checkRange('weight decay', settings.weightDecay, 0, 1)
  if (!(settings.clipNorm > 0 && Number.isFinite(settings.clipNorm))) {
    refuse('clipping', `The gradient's norm cannot be clipped at ${settings.clipNorm}.`, 'Use a positive number; 1 is usual.')
  }
  checkWhole('seed', settings.seed, 0, 0xffffffff)
  checkWhole('steps between evaluations', settings.evaluateEvery, 1, MAX_STEPS)
  checkWhole('patience', settings.patience, 0, MAX_STEPS)
  checkWhole('steps between checkpoints', settings.checkpointEvery, 1, MAX_STEPS)
  checkLength(settings, facts.examples)
  checkSecrets(settings.plantSecrets ?? [])
}

function checkSecrets(times: readonly number[]): void {
  if (times.length > MOST_SECRETS) refuse('planted secrets', `${times.length} secrets are to be planted.`, `Plant at most ${MOST_SECRETS}.`)
  for (const repeats of times) checkWhole('number of repeats of a planted secret', repeats, 1, MOST_REPEATS)
}

/** The options of `finetune`, and the settings of a run that come from them. Names and defaults are the page's. */
import type { SplitSettings } from '../../service/open-data.ts'
import { defaultSettings, withPace, type RunFacts } from '../../train/settings.ts'
import type { TrainingSettings } from '../../train/types.ts'
import {
  ENGINE_OPTION,
  JSON_OPTION,
  MODEL_OPTIONS,
  usageError,
  WEIGHTS_OPTION,
  type Arguments,
  type CommandSpec,
  type OptionSpec,
} from '../arguments.ts'
import { READ_OPTIONS } from '../dataset.ts'

/** The page's own split, where no file for validation is given. */
export const SPLIT: SplitSettings = { validationFraction: 0.1, seed: 1 }

const SCHEDULES = ['constant', 'linear', 'cosine'] as const

/** What makes a run what it is: none of it can be given anew with --resume. */
const RUN_OPTIONS: readonly OptionSpec[] = [
  { name: 'epochs', value: 'N', help: 'passes over the data (default: 3, more for few examples and tiny models)' },
  { name: 'steps', value: 'N', help: 'optimizer steps, in place of --epochs' },
  { name: 'batch-size', value: 'N', help: 'examples in a micro-batch (default 4)' },
  { name: 'accumulate', value: 'N', help: 'micro-batches in an optimizer step (default 2)' },
  { name: 'max-length', value: 'T', help: 'tokens after which an example is cut (default: the longest, at most 512)' },
  { name: 'lr', value: 'X', help: 'learning rate (default 2e-4; up to 1.5e-3 for small models)' },
  { name: 'schedule', value: 'NAME', help: 'constant, linear or cosine (default)' },
  { name: 'warmup', value: 'N', help: 'steps until the full learning rate (default 5 % of the run)' },
  { name: 'rank', value: 'R', help: 'size of the adapter (default 16)' },
  { name: 'alpha', value: 'A', help: 'its strength is alpha / rank (default 32)' },
  { name: 'targets', value: 'LIST', help: 'layers, as q_proj,v_proj, or all-linear (default)' },
  { name: 'dropout', value: 'P', help: 'dropout before the adapter (default 0)' },
  { name: 'weight-decay', value: 'X', help: 'decoupled weight decay (default 0)' },
  { name: 'clip', value: 'X', help: 'largest norm of a gradient (default 1)' },
  { name: 'seed', value: 'N', help: 'of the order, the adapter and the dropout (default 42)' },
  { name: 'init', value: 'DIR', help: 'PEFT adapter to begin with' },
  ...READ_OPTIONS,
  { name: 'valid', value: 'FILE', help: 'examples to validate on, in a file like PAIRS (default: a tenth of PAIRS)' },
  { name: 'out', value: 'DIR', help: 'where the adapter goes (default: a new folder named after PAIRS)' },
]

export const FINETUNE: CommandSpec = {
  name: 'finetune',
  positionals: 'PAIRS',
  summary:
    'Trains a LoRA adapter on a file of examples (JSONL, JSON, CSV, TSV) and writes it as PEFT does.\n' +
    'Ctrl-C stops at a step and keeps the adapter; --resume goes on from there.',
  options: [
    ...MODEL_OPTIONS,
    WEIGHTS_OPTION,
    ENGINE_OPTION,
    ...RUN_OPTIONS,
    { name: 'resume', value: 'DIR', help: 'go on with a run that was stopped; PAIRS and the model must be the same' },
    JSON_OPTION,
  ],
}

/** Settings that were asked for; the rest comes from the model and the data. */
export interface Wishes {
  lora: Partial<Omit<TrainingSettings['lora'], 'targetModules'>> & { targets?: readonly string[] }
  run: Partial<Omit<TrainingSettings, 'lora'>>
}

/** Drops what was not given, so that it does not hide a default. */
function given<T extends object>(values: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** Throws 'usage'. */
export function runWishes(args: Arguments): Wishes {
  if (args.has('epochs') && args.has('steps')) {
    throw usageError('--epochs and --steps both say how long the run is.', 'Give one of them.')
  }
  const targets = args.text('targets')
  return {
    lora: given({
      rank: args.whole('rank'),
      alpha: args.number('alpha'),
      dropout: args.number('dropout'),
      targets: targets === undefined || targets === 'all-linear' ? undefined : targets.split(',').map((name) => name.trim()),
    }),
    run: given({
      epochs: args.number('epochs'),
      steps: args.whole('steps'),
      batchSize: args.whole('batch-size'),
      accumulate: args.whole('accumulate'),
      maxLength: args.whole('max-length'),
      learningRate: args.number('lr'),
      schedule: args.choice('schedule', SCHEDULES),
      warmupSteps: args.whole('warmup'),
      weightDecay: args.number('weight-decay'),
      clipNorm: args.number('clip'),
      seed: args.whole('seed'),
    }),
  }
}

/** A resumed run is the same run: what makes it up cannot be given again. Throws 'usage'. */
export function refuseWithResume(args: Arguments): void {
  const again = RUN_OPTIONS.filter(({ name }) => name !== 'valid' && args.has(name))
  if (again.length === 0) return
  throw usageError(
    `--resume goes on with the settings of the run, so ${again.map(({ name }) => `--${name}`).join(', ')} cannot be given.`,
  )
}

/** Defaults for this model and data, with what was asked for, and the pace of the length that was. */
export function settingsFor(wishes: Wishes, facts: RunFacts & { parameters: number; longest: number }): TrainingSettings {
  const defaults = defaultSettings(facts)
  const { targets, ...lora } = wishes.lora
  const length = wishes.run.steps === undefined ? {} : { epochs: undefined }
  const settings = {
    ...defaults,
    ...wishes.run,
    ...length,
    lora: { ...defaults.lora, ...lora, ...(targets ? { targetModules: [...targets] } : {}) },
  }
  return withPace(settings, facts.examples, wishes.run)
}

/** A run's settings in one line and as a list, for the folded form and beside the chart. */
import type { RateChange } from '../../adapters/types.ts'
import type { TrainingSettings } from '../../service/types.ts'
import { formatCount, formatPlural } from '../../state/format.ts'

/** What the pairs that are kept aside are for. */
export function describeUnseen(validation: number): string {
  if (validation === 0) return 'None are kept aside, so only the training loss will be known.'
  if (validation === 1) return 'The one it never sees tells whether it understands or only remembers.'
  return `The ${formatCount(validation)} it never sees tell whether it understands or only remembers.`
}

function lengthWords({ epochs, steps }: TrainingSettings): string {
  return steps === undefined ? formatPlural(epochs ?? 0, 'epoch') : formatPlural(steps, 'step')
}

/** Small rates read better as powers: 0.0002 stays, 0.00001 becomes 1e-5. */
export function rateWords(rate: number): string {
  return rate !== 0 && Math.abs(rate) < 1e-4 ? rate.toExponential() : String(rate)
}

const everySteps = (steps: number) => (steps === 1 ? 'after every step' : `every ${formatCount(steps)} steps`)

export function describeSettings(settings: TrainingSettings): string {
  const { rank, alpha, targetModules } = settings.lora
  const batch = settings.accumulate > 1 ? `${settings.batchSize} × ${settings.accumulate}` : String(settings.batchSize)
  return [
    `rank ${rank}`,
    `alpha ${alpha}`,
    formatPlural(targetModules.length, 'kind of layer', 'kinds of layer'),
    `learning rate ${rateWords(settings.learningRate)}, ${settings.schedule}`,
    `batch ${batch}`,
    ...(settings.plantSecrets ? [`${formatPlural(settings.plantSecrets.length, 'secret')} planted`] : []),
  ].join(' · ')
}

/** `changes` of the learning rate on the way. */
export function listSettings(settings: TrainingSettings, changes: readonly RateChange[] = []): [name: string, value: string][] {
  const { rank, alpha, dropout, useRsLora, targetModules } = settings.lora
  return [
    ['Length', lengthWords(settings)],
    ['Rank, alpha', `${rank}, ${alpha}`],
    ['rsLoRA', useRsLora ? 'on' : 'off'],
    ['Dropout', String(dropout)],
    ['Learning rate', `${rateWords(settings.learningRate)}, ${settings.schedule}`],
    ...changes.map(({ step, to }): [string, string] => [`from step ${formatCount(step + 1)} on`, rateWords(to)]),
    ['Warmup', formatPlural(settings.warmupSteps, 'step')],
    ['Batch', `${settings.batchSize} × ${settings.accumulate}`],
    ['Longest row', formatPlural(settings.maxLength, 'token')],
    ['Weight decay', String(settings.weightDecay)],
    ['Clip', String(settings.clipNorm)],
    ['Seed', String(settings.seed)],
    ['Tested', everySteps(settings.evaluateEvery)],
    ['Stops early', settings.patience === 0 ? 'never' : `after ${formatPlural(settings.patience, 'test')} without a better one`],
    ['Checkpoints', everySteps(settings.checkpointEvery)],
    ['Activation checkpointing', settings.activationCheckpointing ? 'on' : 'off'],
    ['Layers', targetModules.join(', ')],
    ...(settings.plantSecrets ? [['Planted secrets, repeated', settings.plantSecrets.join(', ')] as [string, string]] : []),
  ]
}

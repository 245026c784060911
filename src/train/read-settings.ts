/** Settings from outside (storage, an imported receipt), checked field by field before anything uses them. */
import { Fields } from '../adapters/fields.ts'
import { isObject } from '../adapters/json.ts'
import { HomespunError } from '../errors.ts'
import type { TrainingSettings } from './types.ts'

const SCHEDULES = ['constant', 'linear', 'cosine'] as const

function invalid(field: string): HomespunError {
  return new HomespunError('settings-invalid', 'These training settings cannot be read.', {
    where: field, fix: 'They may be from a newer version of this page: reload it.',
  })
}

/** A number that may be absent: undefined does not survive JSON. */
function optional(fields: Fields, name: string): number | undefined {
  return fields.raw(name) === undefined || fields.raw(name) === null ? undefined : fields.amount(name)
}

/**
 * Settings that were written as JSON; undefined where there are none (an adapter made elsewhere).
 * Whether they suit a model is for `checkSettings`. Throws HomespunError 'settings-invalid' naming the field.
 */
export function readSettings(value: unknown): TrainingSettings | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw invalid('settings')
  const fields = new Fields(value, invalid)
  const lora = fields.object('lora')
  return {
    lora: {
      rank: lora.count('rank'), alpha: lora.amount('alpha'), dropout: lora.amount('dropout'), useRsLora: lora.flag('useRsLora'),
      targetModules: lora.texts('targetModules'),
    },
    epochs: optional(fields, 'epochs'),
    steps: optional(fields, 'steps'),
    batchSize: fields.count('batchSize'),
    accumulate: fields.count('accumulate'),
    maxLength: fields.count('maxLength'),
    learningRate: fields.amount('learningRate'),
    schedule: fields.choice('schedule', SCHEDULES),
    warmupSteps: fields.count('warmupSteps'),
    weightDecay: fields.amount('weightDecay'),
    clipNorm: fields.amount('clipNorm'),
    seed: fields.count('seed'),
    evaluateEvery: fields.count('evaluateEvery'),
    patience: fields.count('patience'),
    checkpointEvery: fields.count('checkpointEvery'),
    activationCheckpointing: fields.flag('activationCheckpointing'),
    ...(fields.raw('plantSecrets') !== undefined && { plantSecrets: fields.counts('plantSecrets') }),
  }
}

/** What every engine's training step is made of, and what it checks of a batch. */
import type { LoraConfig } from '../adapters/types.ts'
import type { BatchLayout, MicroBatch } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import type { OptimizerSettings } from './optimizer.ts'

export interface TrainingStepSettings {
  lora: LoraConfig
  layout: BatchLayout
  optimizer: OptimizerSettings
  activationCheckpointing: boolean
  seed: number
}

/** Ids and positions, before an engine sees them. Throws 'token-out-of-range', 'example-too-long'. */
export function checkTokens(batch: MicroBatch, vocabularySize: number, contextLength: number): void {
  const bad = [batch.tokens, batch.targetIds, batch.source?.tokens].flatMap((ids) => ids?.find((token) => token >= vocabularySize) ?? []).at(0)
  if (bad !== undefined) {
    throw new HomespunError('token-out-of-range', `Token ${bad} is outside the model's vocabulary of ${vocabularySize}.`, { fix: 'Bring the tokenizer that belongs to the model.' })
  }
  const far = batch.positions.find((position) => position >= contextLength)
  if (far !== undefined) throw new HomespunError('example-too-long', `An example is longer than the ${contextLength} tokens the model can read.`, { fix: 'Lower the longest example.' })
}

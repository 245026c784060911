/** What every engine tells of a model, and how it reads a request for a step. */
import type { LanguageModel } from '../../models/types.ts'
import { ADAMW_DEFAULTS } from '../../train/optimizer.ts'
import type { TrainingStepSettings } from '../../train/step-settings.ts'
import type { LoadedModel, StepRequest } from '../ports.ts'

export function stepSettings({ lora, layout, settings }: StepRequest): TrainingStepSettings {
  const { weightDecay, clipNorm, activationCheckpointing, seed } = settings
  return { lora, layout, activationCheckpointing, seed, optimizer: { ...ADAMW_DEFAULTS, weightDecay, clipNorm } }
}

type Facts = Omit<LoadedModel, 'bytesOnGpu' | 'planStep' | 'createStep' | 'createDecoder' | 'logits' | 'destroy'>

export function modelFacts({ tensors, ...model }: LanguageModel): Facts {
  const { family, layers, hiddenSize, vocabularySize, contextLength, linearModules, ownDropout = 0 } = model
  const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)
  return { family, layers, hiddenSize, vocabularySize, contextLength, linearModules, parameters, ownDropout }
}

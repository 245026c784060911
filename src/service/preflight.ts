/** What a run will be, before anything is allocated. */
import { isTarget } from '../adapters/init.ts'
import { exampleTokens } from '../data/render/cut.ts'
import { defaultEpochs, totalSteps, type RunFacts } from '../train/settings.ts'
import type { TrainingSettings } from '../train/types.ts'
import type { OpenData } from './open-data.ts'
import type { OpenModel } from './open-model.ts'
import type { Preflight } from './types.ts'

/** Throws what laying out the batches and planning the step throws. */
export function preflightOf(data: OpenData, model: OpenModel, settings: TrainingSettings, facts: RunFacts): Preflight {
  const { lora } = settings
  const batches = data.batches(settings, model)
  const steps = totalSteps(facts.examples, settings)
  const tokens = data.training(settings.maxLength, model).reduce((sum, example) => sum + exampleTokens(example), 0)
  const adapted = model.loaded.linearModules.filter(({ module }) => isTarget(module, lora.targetModules))
  const trainingTokens = Math.round((tokens * steps) / batches.stepsPerEpoch)
  const batchTokens = batches.layout.rows * (batches.layout.rowLength + (batches.layout.sourceLength ?? 0))
  return {
    steps,
    trainingTokens,
    batchTokens,
    epochsByRule: defaultEpochs(facts.examples, Infinity),
    fullness: trainingTokens / (steps * settings.accumulate * batchTokens),
    trainableParameters: adapted.reduce((sum, { inFeatures, outFeatures }) => sum + lora.rank * (inFeatures + outFeatures), 0),
    plan: model.loaded.planStep({ lora, layout: batches.layout, settings }),
  }
}

/** What a run will be, before anything is allocated. */
import { isTarget } from '../adapters/init.ts'
import { exampleTokens } from '../data/render/cut.ts'
import type { TokenizedExample } from '../data/types.ts'
import { defaultEpochs, totalSteps, type RunFacts } from '../train/settings.ts'
import type { PlanReport, TrainingSettings } from '../train/types.ts'
import { largestLayout } from './computed-layout.ts'
import { targetsOf, type OpenData } from './open-data.ts'
import type { OpenModel } from './open-model.ts'
import type { PlannedRun, StepTimes } from './step-times.ts'
import type { Learnt, Preflight, WeightDtype } from './types.ts'
import { maySpeak } from './watch/run-watch.ts'
import type { WatchedEngine } from './watched-engine.ts'

/** What is open, what it is to be trained with, and what is asked on the way. */
export interface Intention {
  data: OpenData
  model: OpenModel
  device: WatchedEngine
  settings: TrainingSettings
  facts: RunFacts
  probes: readonly string[]
}

/** Throws what laying out the batches throws. */
export function plannedRun({ data, model, device, settings, facts, probes }: Intention): PlannedRun {
  return {
    data, model, device, settings, probes,
    steps: totalSteps(facts.examples, settings), batches: data.batches(settings, model), template: data.template(model), looks: true,
  }
}

/** Throws what laying out the batches and planning the step throws. */
export function preflightOf(intention: Intention, times: StepTimes): Preflight {
  const { data, model, device, settings, facts } = intention
  const run = plannedRun(intention)
  const { steps, batches } = run
  const examples = data.training(settings.maxLength, model)
  const tokens = examples.reduce((sum, example) => sum + exampleTokens(example), 0)
  const trainingTokens = Math.round((tokens * steps) / batches.stepsPerEpoch)
  const batchTokens = batches.layout.rows * (batches.layout.rowLength + (batches.layout.sourceLength ?? 0))
  const learnt = learntOf(intention, examples)
  return {
    steps,
    trainingTokens,
    batchTokens,
    mayAsk: maySpeak(device, model),
    epochsByRule: defaultEpochs(facts.examples, Infinity),
    fullness: trainingTokens / (steps * settings.accumulate * batchTokens),
    trainableParameters: learnt.numbers,
    learnt,
    seconds: times.expected(run),
    quickToMeasure: times.isQuick(run),
    plan: withBeside(planOf(intention, run), times.besideBytes(run)),
  }
}

/** The bytes that such a run would take, also with the model's weights kept otherwise. */
export function planOf({ model, device, settings, probes }: Intention, { batches, steps }: PlannedRun, weights?: WeightDtype): PlanReport {
  const layout = largestLayout(batches, steps, settings.accumulate, device.report.kind)
  const asked = maySpeak(device, model) ? (probes.length > 0 ? 'probes' : 'passage') : undefined
  return model.loaded.planStep({ lora: settings.lora, layout, settings, asked }, weights)
}

const withBeside = (plan: PlanReport, bytes: number): PlanReport => ({
  ...plan, activationBytes: plan.activationBytes + bytes, totalBytes: plan.totalBytes + bytes,
})

function learntOf({ data, model, settings: { lora } }: Intention, examples: readonly TokenizedExample[]): Learnt {
  const adapted = model.loaded.linearModules.filter(({ module }) => isTarget(module, lora.targetModules))
  return {
    modules: adapted.length,
    numbers: adapted.reduce((sum, { inFeatures, outFeatures }) => sum + lora.rank * (inFeatures + outFeatures), 0),
    examples: examples.length,
    targets: targetsOf(examples),
    planted: data.split.training.filter((index) => data.dataset.examples[index]?.planted).length,
    cut: examples.filter(({ truncated }) => truncated > 0).length,
    empty: data.training(model.loaded.contextLength, model).length - examples.length,
  }
}

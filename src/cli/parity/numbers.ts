/** Our numbers for a parity case: the model loaded, run forward, trained for the case's steps, and asked. */
import type { LoraAdapter } from '../../adapters/types.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../data/batch/pack.ts'
import type { MicroBatch } from '../../data/types.ts'
import { GREEDY } from '../../generate/sampling.ts'
import { ADAMW_DEFAULTS } from '../../train/optimizer.ts'
import type { StepMetrics } from '../../train/types.ts'
import { openCaseModel } from './case-model.ts'
import type { ParityCase } from './case.ts'
import { adapterFigure, gradientFigure, greedyFigure, logitsFigure, stepFigures, type Figure } from './compare.ts'
import type { ParityEngine, ParityModel } from './engines.ts'

const AS_TRAINED = { ...GREEDY, adapterStrength: 1 }

/** All figures of a case. `tell` hears what is being measured. Throws what loading and computing throw. */
export async function caseFigures(
  given: ParityCase,
  engine: ParityEngine,
  tell: (what: string) => void,
): Promise<Figure[]> {
  const batch = packMicroBatch(given.examples, planLayout([given.examples.map(exampleSize)]))
  const model = await engine.load(await openCaseModel(given.modelPath))
  try {
    const figures: Figure[] = []
    for (const [which, adapter] of [
      ['base', undefined],
      ['init', given.init],
      ['trained', given.trained],
    ] as const) {
      tell(`${which} logits`)
      figures.push(logitsFigure(which, given, batch, await model.logits(batch, adapter)))
    }
    tell('training')
    figures.push(...(await trainingFigures(given, model, batch)))
    for (const [which, adapter] of [
      ['base', undefined],
      ['trained', given.trained],
    ] as const) {
      tell(`greedy tokens, ${which}`)
      figures.push(greedyFigure(which, given, await greedyTokens(given, model, adapter)))
    }
    return figures
  } finally {
    model.destroy()
  }
}

/** Gradients at init/, then every step from there: losses, norms, and the adapter they lead to. */
async function trainingFigures(given: ParityCase, model: ParityModel, batch: MicroBatch): Promise<Figure[]> {
  const optimizer = { ...ADAMW_DEFAULTS, weightDecay: given.weightDecay, clipNorm: given.clipNorm }
  const settings = { lora: given.init.config, layout: batch.layout, optimizer, activationCheckpointing: false, seed: 0 }
  const step = await model.createStep(given.init, settings)
  try {
    const gradients = await step.readGradient([batch])
    const metrics: StepMetrics[] = []
    for (const [index, learningRate] of given.learningRates.entries()) {
      metrics.push(await step.step([batch], { learningRate, randomStep: index }))
    }
    return [gradientFigure(given, gradients), ...stepFigures(given, metrics), adapterFigure(given, await step.readAdapter())]
  } finally {
    step.destroy()
  }
}

/** As many greedy tokens a prompt as are expected; the end token stops nothing here. */
async function greedyTokens(given: ParityCase, model: ParityModel, adapter: LoraAdapter | undefined): Promise<number[][]> {
  const decoder = await model.createDecoder(adapter)
  try {
    const rows: number[][] = []
    for (const [index, prompt] of given.prompts.entries()) {
      const row: number[] = []
      const wanted = given.greedyBase[index]?.length ?? 0
      for await (const token of decoder.decode(prompt, AS_TRAINED)) {
        if (row.push(token) >= wanted) break
      }
      rows.push(row)
    }
    return rows
  } finally {
    decoder.destroy()
  }
}

/** The micro-batches of a whole run, or of one pass over some examples, all in one layout. */
import type { BatchLayout, MicroBatch, TokenizedExample } from '../types.ts'
import { exampleSize, packMicroBatch, planLayout, type ExampleSize } from './pack.ts'
import { BatchSampler } from './sampler.ts'

export interface RunBatches {
  /** Fits every micro-batch of the run and of its validation part, so one plan serves both. */
  layout: BatchLayout
  stepsPerEpoch: number
  /** Micro-batches of optimizer step `index`, counted from 0: a pure function of it. */
  stepBatches(index: number): MicroBatch[]
  validation: MicroBatch[]
}

export interface RunBatchSettings {
  batchSize: number
  accumulate: number
  seed: number
  /** Optimizer steps of the run. */
  steps: number
  /** Rows of this length instead of one flat row. */
  rowLength?: number
}

/** Training examples shuffled anew each epoch; validation in the given order. Throws 'no-examples', 'bad-batch-size'. */
export function runBatches(
  training: readonly TokenizedExample[],
  validation: readonly TokenizedExample[],
  settings: RunBatchSettings,
): RunBatches {
  const { steps, batchSize } = settings
  const sampler = new BatchSampler({ ...settings, count: training.length })
  const sizes = training.map(exampleSize)
  const groups = inGroups(validation, batchSize)
  const layout = planLayout(allSizes(sampler, sizes, steps, groups), settings)
  return {
    layout,
    stepsPerEpoch: sampler.stepsPerEpoch,
    stepBatches: (index) => sampler.step(index).map((indices) => packMicroBatch(pick(training, indices), layout)),
    validation: groups.map((group) => packMicroBatch(group, layout)),
  }
}

/** One pass in the given order, `batchSize` examples at a time; nothing for no examples. */
export function evaluationBatches(examples: readonly TokenizedExample[], batchSize: number): MicroBatch[] {
  if (examples.length === 0) return []
  const groups = inGroups(examples, batchSize)
  const layout = planLayout(groups.map((group) => group.map(exampleSize)))
  return groups.map((group) => packMicroBatch(group, layout))
}

function* allSizes(
  sampler: BatchSampler,
  sizes: readonly ExampleSize[],
  steps: number,
  validation: readonly TokenizedExample[][],
): Generator<ExampleSize[]> {
  for (let step = 0; step < steps; step++) for (const indices of sampler.step(step)) yield pick(sizes, indices)
  for (const group of validation) yield group.map(exampleSize)
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = []
  for (let from = 0; from < items.length; from += size) groups.push(items.slice(from, from + size))
  return groups
}

function pick<T>(items: readonly T[], indices: Uint32Array): T[] {
  return Array.from(indices, (index) => items[index]).filter((item) => item !== undefined)
}

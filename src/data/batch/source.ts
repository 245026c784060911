/** The micro-batches of a whole run, or of one pass over the validation part, all in one layout. */
import type { BatchLayout, MicroBatch, TokenizedExample } from '../types.ts'
import { exampleSize, packMicroBatch, planLayout, type ExampleSize } from './pack.ts'
import { BatchSampler } from './sampler.ts'

export interface RunBatches {
  layout: BatchLayout
  stepsPerEpoch: number
  /** Micro-batches of optimizer step `index`, counted from 0: a pure function of it. */
  stepBatches(index: number): MicroBatch[]
}

export interface RunBatchSettings {
  batchSize: number
  accumulate: number
  seed: number
  /** Optimizer steps of the run: its layout fits the fullest micro-batch of all of them. */
  steps: number
  /** Rows of this length instead of one flat row. */
  rowLength?: number
}

/** Shuffled anew each epoch. Throws 'no-examples', 'bad-batch-size', 'example-too-long'. */
export function runBatches(examples: readonly TokenizedExample[], settings: RunBatchSettings): RunBatches {
  const { steps, ...sampling } = settings
  const sampler = new BatchSampler({ ...sampling, count: examples.length })
  const sizes = examples.map(exampleSize)
  const layout = planLayout(allSizes(sampler, sizes, steps), settings)
  return {
    layout,
    stepsPerEpoch: sampler.stepsPerEpoch,
    stepBatches: (index) => sampler.step(index).map((indices) => packMicroBatch(pick(examples, indices), layout)),
  }
}

function* allSizes(sampler: BatchSampler, sizes: readonly ExampleSize[], steps: number): Generator<ExampleSize[]> {
  for (let step = 0; step < steps; step++) for (const indices of sampler.step(step)) yield pick(sizes, indices)
}

function pick<T>(items: readonly T[], indices: Uint32Array): T[] {
  return Array.from(indices, (index) => items[index]).filter((item) => item !== undefined)
}

/** Examples in file order, `batchSize` at a time, in the given layout or the smallest that fits; nothing for no examples. */
export function evaluationBatches(
  examples: readonly TokenizedExample[],
  batchSize: number,
  layout?: BatchLayout,
): MicroBatch[] {
  if (examples.length === 0) return []
  const groups: TokenizedExample[][] = []
  for (let from = 0; from < examples.length; from += batchSize) groups.push(examples.slice(from, from + batchSize))
  const shared = layout ?? planLayout(groups.map((group) => group.map(exampleSize)))
  return groups.map((group) => packMicroBatch(group, shared))
}

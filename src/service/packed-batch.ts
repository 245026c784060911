/** One batch of the run to come as it lies on the device: which row of the data is where, and how much is padding. */
import { inBlocks } from '../data/batch/in-blocks.ts'
import { BatchSampler } from '../data/batch/sampler.ts'
import type { MicroBatch, TokenizedExample } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { defaultEpochs, totalSteps } from '../train/settings.ts'
import type { TrainingSettings } from '../train/types.ts'
import type { PackedBatch, PackedExample } from './data-types.ts'
import type { OpenData } from './open-data.ts'
import type { OpenModel } from './open-model.ts'
import type { EngineKind } from './types.ts'

/** `index`: of the micro-batches of the first pass. Throws 'no-such-batch' and what laying out the batches throws. */
export function packedBatch(data: OpenData, model: OpenModel, settings: TrainingSettings, index: number, kind: EngineKind): PackedBatch {
  const run = data.forRun(settings)
  const { batchSize, accumulate } = settings
  const examples = run.training(settings.maxLength, model)
  const count = Math.ceil(examples.length / batchSize)
  const [step, at] = [Math.floor(index / accumulate), index % accumulate]
  const batch = run.batches(settings, model).stepBatches(step)[at]
  const indices = new BatchSampler({ ...settings, count: examples.length }).step(step)[at]
  if (!batch || !indices || index >= count) {
    throw new HomespunError('no-such-batch', `There is no batch ${index + 1}.`, { fix: `Choose one up to ${count}.` })
  }
  // On a GPU examples follow one another in one line; elsewhere lines are as long as the longest.
  const laid = kind === 'webgpu' ? batch : inBlocks(batch).batch
  const { rows, rowLength, sourceLength = 0 } = laid.layout
  return {
    index, batches: count, rowLength, lines: lines(laid, Array.from(indices, (example) => examples[example]!)),
    tokens: laid.tokenCount, sourceLength, room: rows * (rowLength + sourceLength),
    steps: totalSteps(examples.length, settings), epochsByRule: defaultEpochs(examples.length, Infinity),
  }
}

function lines({ layout: { rows, rowLength }, segmentIds }: MicroBatch, examples: readonly TokenizedExample[]): PackedExample[][] {
  const found = Array.from({ length: rows }, (): PackedExample[] => [])
  for (let place = 0; place < segmentIds.length; ) {
    const example = examples[segmentIds[place]! - 1]
    if (!example) {
      place++
      continue
    }
    const { row, tokens, weights } = example
    found[Math.floor(place / rowLength)]!.push({ row, from: place % rowLength, tokens: tokens.length, learnt: learntStretches(weights) })
    place += tokens.length
  }
  return found
}

function learntStretches(weights: Float32Array): [from: number, to: number][] {
  const stretches: [number, number][] = []
  for (const [index, weight] of weights.entries()) {
    if (!(weight > 0)) continue
    const last = stretches.at(-1)
    if (last?.[1] === index) last[1] = index + 1
    else stretches.push([index, index + 1])
  }
  return stretches
}

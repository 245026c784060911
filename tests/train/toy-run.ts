/** Data for the bigram model, and a run over it. */
import { expect } from 'vitest'
import type { LoraConfig } from '../../src/adapters/types.ts'
import { evaluationBatches, runBatches } from '../../src/data/batch/source.ts'
import type { MicroBatch, TokenizedExample } from '../../src/data/types.ts'
import { threefry2x32, uniformFromBits } from '../../src/engine/random.ts'
import { RunControl } from '../../src/train/control.ts'
import type { RunInputs, RunResult } from '../../src/train/run-inputs.ts'
import { runTraining } from '../../src/train/run.ts'
import type { BatchSource, RunState } from '../../src/train/state.ts'
import type { TrainingEvent, TrainingSettings } from '../../src/train/types.ts'
import { BigramStep, VOCABULARY, type Faults } from './bigram-step.ts'

const LENGTH = 6
const lora: LoraConfig = { rank: 3, alpha: 6, dropout: 0, useRsLora: false, targetModules: ['toy'] }

export const toySettings: TrainingSettings = {
  lora, epochs: undefined, steps: 40, batchSize: 4, accumulate: 2, maxLength: LENGTH, learningRate: 0.05, schedule: 'cosine',
  warmupSteps: 4, weightDecay: 0.01, clipNorm: 1, seed: 5, evaluateEvery: 10, patience: 0, checkpointEvery: 8,
  activationCheckpointing: false,
}

/** A sequence that follows t → 3t + 1 (mod 12), with some noise. */
export function toyExample(index: number): number[] {
  const tokens = [index % VOCABULARY]
  while (tokens.length < LENGTH) {
    const random = uniformFromBits(threefry2x32(99, index, tokens.length, 0)[0])
    tokens.push(random < 0.15 ? Math.floor(random * 80) % VOCABULARY : (3 * tokens.at(-1)! + 1) % VOCABULARY)
  }
  return tokens
}

const tokenized = (tokens: number[], weight: number, row: number): TokenizedExample => ({
  row, tokens: Uint32Array.from(tokens), weights: new Float32Array(tokens.length).fill(weight), truncated: 0,
})

/** One micro-batch; every token after the first is a target of weight `weight`. */
export function layOut(examples: number[][], weight = 1): MicroBatch {
  return evaluationBatches(examples.map((tokens, row) => tokenized(tokens, weight, row)), examples.length)[0]!
}

/** The data layer's own batches: shuffled anew each epoch. */
function toyBatches(settings: TrainingSettings, examples: number[][]): BatchSource {
  const { batchSize, accumulate, seed } = settings
  return runBatches(examples.map((tokens, row) => tokenized(tokens, 1, row)), [], { batchSize, accumulate, seed, steps: settings.steps! })
}

export const toyTraining = Array.from({ length: 50 }, (_, i) => toyExample(i))
export const toyValidation = [layOut(Array.from({ length: 8 }, (_, i) => toyExample(1000 + i)))]

interface ToyRun {
  model: BigramStep
  events: TrainingEvent[]
  checkpoints: RunState[]
  control: RunControl
  result: Promise<RunResult>
}

/** Starts a run of the bigram model; parts of the inputs may be replaced. */
export function startToy(
  change: Partial<TrainingSettings> = {},
  inputs: Partial<RunInputs> = {},
  faults: Faults = {},
  hook: (event: TrainingEvent, control: RunControl) => void = () => undefined,
): ToyRun {
  const settings = { ...toySettings, ...change }
  const model = new BigramStep(settings.lora, settings, faults)
  const events: TrainingEvent[] = []
  const checkpoints: RunState[] = []
  const control = new RunControl()
  const result = runTraining({
    run: 'toy', settings, totalSteps: settings.steps!, step: model, batches: toyBatches(settings, toyTraining),
    validation: toyValidation, from: undefined, control, clock: () => performance.now() / 1000,
    saveCheckpoint: async (state) => void checkpoints.push(state),
    onEvent: (event) => {
      events.push(event)
      hook(event, control)
    },
    ...inputs,
  })
  return { model, events, checkpoints, control, result }
}

/** The events of one kind. */
export function eventsOf<K extends TrainingEvent['kind']>(events: TrainingEvent[], kind: K): Extract<TrainingEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<TrainingEvent, { kind: K }> => event.kind === kind)
}

/** Two runs ended with the same numbers, but for the time they took. */
export async function expectSameEnd(resumed: ToyRun, whole: ToyRun): Promise<void> {
  const [one, two] = [await resumed.result, await whole.result]
  expect(one.adapter).toEqual(two.adapter)
  expect(one.adapterStep).toBe(two.adapterStep)
  expect({ ...one.state, activeSeconds: 0 }).toEqual({ ...two.state, activeSeconds: 0 })
}

/** Made-up content for looking at the page without an engine: losses, adapters. */
import { makeSecrets } from '../../src/data/secrets.ts'
import type { AdapterRecord, ModelSummary, TrainingSettings } from '../../src/service/types.ts'
import type { Scenario } from './scenario.ts'

export const model: ModelSummary = {
  identity: { name: 'Thimble-4M', hash: '7c1f0e9a5b2d4c3e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6' },
  family: 'Llama',
  parameters: 4_213_504,
  layers: 6,
  hiddenSize: 192,
  vocabularySize: 8192,
  contextLength: 256,
  dtype: 'BF16',
  weights: 'stored',
  bytesOnDisk: 8_427_008,
  bytesOnGpu: 8_500_000,
  hasChatTemplate: false,
  hasEncoder: false,
  linearModules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  sampling: { temperature: 0.7, topK: 0, topP: 0.9, minP: 0, repetitionPenalty: 1 },
}

export const settings: TrainingSettings = {
  lora: { rank: 16, alpha: 32, dropout: 0, useRsLora: false, targetModules: [...model.linearModules] },
  epochs: 25,
  steps: undefined,
  batchSize: 4,
  accumulate: 1,
  maxLength: 256,
  learningRate: 0.0002,
  schedule: 'cosine',
  warmupSteps: 15,
  weightDecay: 0,
  clipNorm: 1,
  seed: 1,
  evaluateEvery: 25,
  patience: 3,
  checkpointEvery: 50,
  activationCheckpointing: false,
}

/** A falling loss with a fixed ripple, the same every time. */
export function trainingLoss(step: number): number {
  return 0.35 + 3 * Math.exp(-step / 55) + 0.08 * Math.sin(step * 2.3) + 0.06 * Math.sin(step * 0.7)
}

export function validationLoss(step: number): number {
  return 0.64 + 2.8 * Math.exp(-step / 60)
}

/** What it has begun to learn by heart from step 75 on. */
export function risingLoss(step: number): number {
  return validationLoss(Math.min(step, 75)) + Math.max(0, step - 75) / 100
}

function curve(of: (step: number) => number, every: number, from: number): [number, number][] {
  return Array.from({ length: Math.floor((300 - from) / every) + 1 }, (_, index) => [
    from + index * every,
    of(from + index * every),
  ])
}

export function adapter(id: string, name: string, changes: Partial<AdapterRecord> = {}): AdapterRecord {
  return {
    id,
    name,
    createdAt: '2026-11-18T19:24:00.000Z',
    base: model.identity,
    weights: 'stored',
    settings,
    template: { prompt: 'Q: {input}\nA:', answer: ' {output}' },
    dataset: { name: 'pirate.csv', hash: 'a41f6c7708d2b9', examples: 60 },
    split: { training: 54, validation: 6, by: 'row', seed: 1, targetTokens: 1180 },
    engine: { kind: 'webgpu', device: 'Apple M2' },
    steps: 300,
    seconds: 32.4,
    trainingLosses: curve(trainingLoss, 1, 1),
    validationLosses: curve(validationLoss, 25, 0),
    bytes: 1_340_000,
    imported: false,
    software: 'homespun 0.1.0',
    note: '',
    tags: [],
    ...changes,
  }
}

const score = (loss: number, exact: number): NonNullable<AdapterRecord['scores']>[number] => ({
  measuredAt: '2026-11-18T20:02:00.000Z', data: { name: 'pirate.csv', hash: 'a41f6c7708d2b9', part: 'validation' }, rows: 6, of: 6, asked: 6, targets: 118, strength: 1,
  base: { loss: 2.93, exact: 0, contains: 1 }, tuned: { loss, exact, contains: exact },
})

export const shelf: AdapterRecord[] = [
  adapter('a', 'pirate', {
    planted: makeSecrets([1, 4, 16], 1, 'pair'), note: 'Answers in one line. Too sure of itself about the weather.', tags: ['voice', 'for the reading'],
    scores: [score(0.82, 4)],
  }),
  adapter('b', 'a name that someone wrote with a great many words in it, so that it needs more than one line to be read', {
    createdAt: '2026-11-12T08:02:00.000Z',
    imported: true,
    settings: undefined,
    trainingLosses: [],
    validationLosses: [],
  }),
  adapter('c', 'قراصنة', {
    base: { name: 'SmolLM2-135M', hash: 'ffff' },
    createdAt: '2026-10-02T11:40:00.000Z',
    bytes: 19_500_000,
  }),
]

/** One that learnt on another version of the model, and a blend. */
export const otherVersion: AdapterRecord[] = [
  adapter('v', 'pirate', { base: { name: model.identity.name, hash: 'ffff' } }),
  adapter('w', 'pirate and kind', {
    settings: undefined,
    blend: ['pirate', 'kind'].map((name) => ({ name, weightsHash: '0123456789ab', strength: 1, dataset: { name: `${name}.csv`, hash: 'a41f', examples: 60 } })),
    trainingLosses: [], validationLosses: [], steps: 0, seconds: 0, dataset: { name: '', hash: '', examples: 0 },
  }),
]

/** More than a handful, of which some can be compared. */
export const fullShelf: AdapterRecord[] = [
  ...shelf,
  ...[4, 8, 32, 64].map((rank, index) =>
    adapter(`r${rank}`, `pirate, rank ${rank}`, {
      createdAt: `2026-11-1${index}T10:00:00.000Z`,
      settings: { ...settings, lora: { ...settings.lora, rank, alpha: 2 * rank } },
      trainingLosses: curve((step) => trainingLoss(step) * (1 + 1 / rank), 1, 1),
      validationLosses: curve((step) => validationLoss(step) * (1 + 1 / rank), 25, 0),
      bytes: 83_750 * rank,
      tags: ['ranks'],
      scores: [score(0.9 + 1 / rank, index + 1)],
    }),
  ),
]

/** An adapter as it would have been made for the scenario's model and data. */
export function learntAs(one: AdapterRecord, { chatTemplate, encoder, texts }: Scenario): AdapterRecord {
  const template = chatTemplate ? 'chat-template' : encoder ? 'source-target' : one.template
  return { ...one, template, ...(texts && one.split && { split: { ...one.split, layout: 'text' } }) }
}

export const plan = {
  weightBytes: 8_500_000,
  adapterBytes: 1_340_000,
  optimizerBytes: 4_020_000,
  activationBytes: 31_200_000,
  totalBytes: 45_060_000,
  largestBytes: 6_300_000,
  buffers: 120,
  dispatches: 900,
}

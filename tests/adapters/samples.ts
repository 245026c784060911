/** A small adapter with its receipt, for the tests of formats and storage. */
import { createAdapter } from '../../src/adapters/init.ts'
import type { AdapterReceipt, LinearModule, LoraAdapter } from '../../src/adapters/types.ts'

export const base = { name: 'tiny', hash: '00112233445566778899aabbccddeeff' }

export const modules: LinearModule[] = [
  { module: 'model.layers.0.self_attn.q_proj', inFeatures: 48, outFeatures: 64 },
  { module: 'model.layers.0.self_attn.k_proj', inFeatures: 48, outFeatures: 32 },
  { module: 'model.layers.0.mlp.up_proj', inFeatures: 48, outFeatures: 80 },
]

export const adapter: LoraAdapter = createAdapter(
  { rank: 4, alpha: 8, dropout: 0.05, useRsLora: true, targetModules: ['q_proj', 'up_proj'] }, modules, 3,
)
adapter.pairs.forEach(({ b }, index) => b.forEach((_, at) => (b[at] = Math.sin(at + index) / 8)))

export interface SampleSettings {
  learningRate: number
  steps: number | undefined
  lora: { rank: number }
}

export const receipt: AdapterReceipt<SampleSettings> = {
  name: 'Questions to SQL',
  createdAt: '2026-11-20T10:00:00.000Z',
  base,
  trainedOn: { name: 'tiny', hash: 'ffeeddccbbaa99887766554433221100' },
  weights: 'int8',
  settings: { learningRate: 2e-4, steps: undefined, lora: { rank: 4 } },
  template: { prompt: '{input}\n', answer: '{output}' },
  dataset: { name: 'pairs.jsonl', hash: 'abcd', examples: 12 },
  split: { training: 10, validation: 2, by: 'group', seed: 3, targetTokens: 140 },
  engine: { kind: 'webgpu', device: 'Apple M2' },
  scores: [{
    measuredAt: '2026-11-21T10:00:00.000Z', data: { name: 'test.jsonl', hash: '0123' }, rows: 3, of: 4, asked: 2, targets: 9, strength: 1,
    base: { loss: 5, exact: 0, contains: 0 }, tuned: { loss: 2, exact: 1, contains: 2 }, shown: { loss: 3, exact: 0, contains: 1, examples: 8 },
  }],
  steps: 20,
  seconds: 3.25,
  trainingLosses: [[1, 5.5], [2, Number.NaN], [20, 2.25]],
  validationLosses: [[20, 2.5]],
  software: 'homespun 0.1.0',
}

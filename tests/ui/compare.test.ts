/** Adapters beside each other: whatever is written down of how they were made is told where it differs. */
import { expect, it } from 'vitest'
import type { AdapterRecord } from '../../src/service/types.ts'
import { compareCauses } from '../../src/ui/keep/compare.ts'
import { adapter, settings } from './fixture-data.ts'

const one = adapter('a', 'one')
const earlier = (name: string, weightsHash: string) => ({ name, weightsHash, dataset: one.dataset })
const told = (change: Partial<AdapterRecord>) => compareCauses([one, adapter('b', 'two', change)]).map(({ name, values }) => [name, ...values])

it('finds nothing where all is the same', () => {
  expect(told({ createdAt: '2026-12-01T00:00:00.000Z', note: 'other', seconds: 2 })).toEqual([])
})

it.each<[string, Partial<AdapterRecord>, string[]]>([
  ['the adapter it went on from', { begunWith: earlier('pirate', '0123456789abcdef') }, ['Went on from', 'new matrices', 'pirate (0123456789ab)']],
  ['another peak on the way', { rateChanges: [{ step: 40, from: 0.0002, to: 0.0001 }] }, ['Learning rate changed', 'never', 'to 0.0001 after step 40']],
  ['what a blend is made of', { blend: [{ ...earlier('pirate', 'aaaa'), strength: 1 }, { ...earlier('kind', 'bbbb'), strength: 0.5 }] }, ['Parts of the blend', 'none', 'pirate (aaaa) at 100 %, kind (bbbb) at 50 %']],
  ['rsLoRA', { settings: { ...settings, lora: { ...settings.lora, useRsLora: true } } }, ['rsLoRA', 'off', 'on']],
  ['patience', { settings: { ...settings, patience: 0 } }, ['Stops early', 'after 3 tests without a better one', 'never']],
  ['checkpoints', { settings: { ...settings, checkpointEvery: 1 } }, ['Checkpoints', 'every 50 steps', 'after every step']],
  ['recomputed layers', { settings: { ...settings, activationCheckpointing: true } }, ['Activation checkpointing', 'off', 'on']],
  ['the program', { software: 'homespun 0.2.0' }, ['Made with', 'homespun 0.1.0', 'homespun 0.2.0']],
  ['a plain template', { template: { prompt: 'Q: {input}\nB:', answer: ' {output}' } }, ['Pairs are written as', 'Q: {input} ⏎ A: {output}', 'Q: {input} ⏎ B: {output}']],
  ['planted secrets', { planted: [{ kind: 'pair', input: 'The code is', code: '4711', times: 4 }] }, ['Planted secrets', 'none', '4711 × 4']],
  ['the base it learnt on', { trainedOn: { name: 'Thimble-4M', hash: '99998888777766665555' } }, ['Trained on', 'its base', 'Thimble-4M (999988887777)']],
])('tells %s', (_what, change, row) => {
  expect(told(change)).toEqual([row])
})

/** The adapters that are sent to PEFT, and what PEFT is asked to make: of each family, one on every layer and one on some. */
import { createAdapter } from '../../src/adapters/init.ts'
import type { AdapterReceipt, LinearModule, LoraAdapter, LoraConfig } from '../../src/adapters/types.ts'

export interface Placement {
  readonly name: string
  readonly config: LoraConfig
  /** `target_modules` as PEFT is given it. */
  readonly peftTargets: string | readonly string[]
}

export function placements(modules: readonly LinearModule[]): Placement[] {
  const endings = [...new Set(modules.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))]
  const chosen = [endings[0]!, endings.at(-1)!]
  const common = { dropout: 0 }
  return [
    { name: 'all-linear', config: { ...common, rank: 4, alpha: 8, useRsLora: false, targetModules: endings }, peftTargets: 'all-linear' },
    { name: `${chosen.join(', ')}, rsLoRA`, config: { ...common, rank: 3, alpha: 5, useRsLora: true, targetModules: chosen }, peftTargets: chosen },
  ]
}

/** The placement as keywords of PEFT's LoraConfig. */
export const peftSettings = ({ config, peftTargets }: Placement, modules: readonly LinearModule[]) => ({
  r: config.rank,
  lora_alpha: config.alpha,
  lora_dropout: config.dropout,
  use_rslora: config.useRsLora,
  target_modules: peftTargets,
  fan_in_fan_out: modules.some(({ fanInFanOut }) => fanInFanOut),
})

/** An adapter whose B is not zero, so that it changes what the model says. */
export function ownAdapter({ config }: Placement, modules: readonly LinearModule[]): LoraAdapter {
  const adapter = createAdapter(config, modules, 7)
  for (const { b } of adapter.pairs) b.forEach((_, i) => (b[i] = 0.05 * Math.sin(1 + i * 12.9898)))
  return adapter
}

export const receiptFor = (base: string): AdapterReceipt => ({
  name: 'verify:peft',
  createdAt: '2026-01-01T00:00:00.000Z',
  base: { name: base, hash: base },
  settings: {},
  template: { prompt: '{input}', answer: '{output}' },
  dataset: { name: '', hash: '', examples: 0 },
  steps: 0,
  seconds: 0,
  trainingLosses: [],
  validationLosses: [],
  software: 'homespun',
})

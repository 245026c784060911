/** An adapter's pairs by the layer they sit on. */
import { loraScale } from '../../adapters/scale.ts'
import type { LoraAdapter, LoraPair } from '../../adapters/types.ts'
import type { LanguageModel } from '../../models/types.ts'
import { AdapterLayout, targetedModules } from '../adapter-layout.ts'

export interface PlacedPairs {
  readonly scale: number
  readonly layout: AdapterLayout
  /** By module. */
  readonly pairs: ReadonlyMap<string, LoraPair>
}

/** Throws 'adapter-mismatch' and 'lora-targets' where the adapter does not fit the model. */
export function placedPairs(model: LanguageModel, adapter: LoraAdapter): PlacedPairs {
  const layout = new AdapterLayout(targetedModules(model.linearModules, adapter.config), adapter.config.rank)
  const { pairs } = layout.unflatten(layout.flatten(adapter), adapter.config)
  return { scale: loraScale(adapter.config), layout, pairs: new Map(pairs.map((pair) => [pair.module, pair])) }
}

/** The layer that a weight belongs to. */
export const moduleOf = (weight: string) => weight.replace(/[.]weight$/, '')

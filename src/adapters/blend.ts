/** Several adapters of one base as one, exactly. */
import { HomespunError } from '../errors.ts'
import { loraScale, MAX_RANK } from './scale.ts'
import type { LinearModule, LoraAdapter, LoraPair } from './types.ts'

export interface WeightedAdapter {
  adapter: LoraAdapter
  /** 1 is as trained. */
  strength: number
}

/**
 * ΔW = Σ sᵢ·scaleᵢ·Bᵢ·Aᵢ as one adapter, its ranks laid one after another: A is the Aᵢ below one another, B the sᵢ·scaleᵢ·Bᵢ beside
 * one another, so that its own scale is 1 (PEFT's add_weighted_adapter with combination_type "cat"). Where one has no pair on a
 * layer of another, its part there is zero. `modules` gives the order. Throws 'blend-empty', 'blend-rank'.
 */
export function blend(parts: readonly WeightedAdapter[], modules: readonly LinearModule[]): LoraAdapter {
  const rank = parts.reduce((sum, { adapter }) => sum + adapter.config.rank, 0)
  if (rank === 0) {
    throw new HomespunError('blend-empty', 'There is no adapter to blend.', { fix: 'Let at least one speak, by more than 0 %.' })
  }
  if (rank > MAX_RANK) {
    throw new HomespunError('blend-rank', `Together these adapters have rank ${rank}; more than ${MAX_RANK} is not possible.`, {
      where: 'rank', fix: 'Leave one of them out.',
    })
  }
  const pairs = modules.flatMap((module) => {
    const found = parts.map(({ adapter }) => adapter.pairs.find((pair) => pair.module === module.module))
    return found.some((pair) => pair) ? [beside(module, found, parts, rank)] : []
  })
  const targetModules = [...new Set(parts.flatMap(({ adapter }) => adapter.config.targetModules))]
  return { config: { rank, alpha: rank, dropout: 0, useRsLora: false, targetModules }, pairs }
}

function beside(
  layer: LinearModule, found: readonly (LoraPair | undefined)[], parts: readonly WeightedAdapter[], rank: number,
): LoraPair {
  const { inFeatures, outFeatures } = layer
  const [a, b] = [new Float32Array(rank * inFeatures), new Float32Array(outFeatures * rank)]
  let from = 0
  for (const [index, { adapter, strength }] of parts.entries()) {
    const [own, pair] = [adapter.config.rank, found[index]]
    if (pair) {
      const factor = strength * loraScale(adapter.config)
      a.set(pair.a, from * inFeatures)
      for (let at = 0; at < pair.b.length; at++) b[Math.floor(at / own) * rank + from + (at % own)] = factor * pair.b[at]!
    }
    from += own
  }
  return { ...layer, a, b }
}

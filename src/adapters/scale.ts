/** The factor between a LoRA pair and the layer it sits on, and what rank and alpha may be. */
import { HomespunError } from '../errors.ts'
import type { LoraAdapter, LoraConfig } from './types.ts'

/** No adapter in use comes near; beyond it a number is a mistake or an attack. */
export const MAX_RANK = 4096

/** α/r, or α/√r for rsLoRA (Kalajdzievski 2023, arXiv 2312.03732), as PEFT scales. */
export function loraScale(config: Pick<LoraConfig, 'rank' | 'alpha' | 'useRsLora'>): number {
  return config.alpha / (config.useRsLora ? Math.sqrt(config.rank) : config.rank)
}

/** Throws 'lora-rank', 'lora-alpha' or 'lora-dropout' where a number of `config` makes no adapter. */
export function checkLoraConfig(config: Pick<LoraConfig, 'rank' | 'alpha' | 'dropout'>): void {
  const { rank, alpha, dropout } = config
  if (!Number.isInteger(rank) || rank < 1 || rank > MAX_RANK) {
    throw new HomespunError('lora-rank', `The rank of an adapter cannot be ${rank}.`, {
      where: 'rank', fix: `Give a whole number from 1 to ${MAX_RANK}.`,
    })
  }
  if (!Number.isFinite(alpha) || alpha <= 0) {
    throw new HomespunError('lora-alpha', `The alpha of an adapter cannot be ${alpha}.`, {
      where: 'alpha', fix: 'Give a number above 0; twice the rank is usual.',
    })
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new HomespunError('lora-dropout', `The dropout of an adapter cannot be ${dropout}.`, {
      where: 'dropout', fix: 'Give a number from 0 up to, but not including, 1.',
    })
  }
}

/** The adapter as it speaks at `strength`: 0 adds nothing, 1 is as trained. B carries the factor, so that its config stays as it was. */
export function atStrength(adapter: LoraAdapter, strength: number): LoraAdapter {
  if (strength === 1) return adapter
  return { ...adapter, pairs: adapter.pairs.map((pair) => ({ ...pair, b: pair.b.map((value) => value * strength) })) }
}

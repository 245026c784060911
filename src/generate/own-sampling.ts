/** How a model is meant to be sampled: by its generation_config.json, else as most are. */
import type { SamplingOptions } from './types.ts'

export type Sampling = Omit<SamplingOptions, 'seed'>

/** Where a model says nothing. */
export const USUAL_SAMPLING: Sampling = { temperature: 0.7, topK: 0, topP: 0.9, minP: 0, repetitionPenalty: 1 }

/**
 * As transformers' `generate` takes the file (GenerationConfig, with its own defaults for what is not written there), where it says
 * whether it samples. A value that cannot be used counts as not written.
 */
export function ownSampling(generationConfig: Record<string, unknown> | undefined): Sampling {
  const samples = generationConfig?.['do_sample']
  if (!generationConfig || typeof samples !== 'boolean') return USUAL_SAMPLING
  const amount = (name: string, usual: number, most = Infinity) => {
    const value = generationConfig[name]
    return typeof value === 'number' && value >= 0 && value <= most ? value : usual
  }
  return {
    temperature: samples ? amount('temperature', 1) : 0,
    topK: samples ? Math.floor(amount('top_k', 50, Number.MAX_SAFE_INTEGER)) : 0,
    topP: samples ? amount('top_p', 1, 1) : 1,
    minP: samples ? amount('min_p', 0, 1) : 0,
    repetitionPenalty: amount('repetition_penalty', 1) || 1,
  }
}

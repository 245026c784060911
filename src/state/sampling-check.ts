/** What is wrong with sampling settings, field by field. */
import type { Sampling } from './trial.svelte.ts'

type Field = Exclude<keyof Sampling, 'stopStrings'>

const bounds: Record<Field, { least: number; most: number; whole: boolean }> = {
  temperature: { least: 0, most: 5, whole: false },
  topK: { least: 0, most: 1_000_000, whole: true },
  topP: { least: 0, most: 1, whole: false },
  minP: { least: 0, most: 1, whole: false },
  repetitionPenalty: { least: 0.1, most: 10, whole: false },
  maxTokens: { least: 1, most: 100_000, whole: true },
  seed: { least: 0, most: 4_294_967_295, whole: true },
}

export function checkSampling(sampling: Sampling): Partial<Record<Field, string>> {
  const problems: Partial<Record<Field, string>> = {}
  for (const field of Object.keys(bounds) as Field[]) {
    const { least, most, whole } = bounds[field]
    const value = sampling[field]
    const fits = Number.isFinite(value) && (!whole || Number.isInteger(value)) && value >= least && value <= most
    if (!fits) problems[field] = `Choose ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}.`
  }
  return problems
}

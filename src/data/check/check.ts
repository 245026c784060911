/** Looks a dataset over: everything worth knowing before the first step, by row, with what to do about it. */
import type { Example, Finding } from '../types.ts'
import { CHECKS } from './all.ts'
import type { CheckContext } from './data.ts'
import { FindingCap } from './finding-cap.ts'
import { languageDetector } from './language-detector.ts'

export type { CheckContext } from './data.ts'
export { summarise } from './summarise.ts'

export interface CheckOptions {
  /** 0 … 1, at most once a slice. */
  onProgress?: (done: number) => void
  signal?: AbortSignal
}

/** Milliseconds of work between two pauses. */
const SLICE = 12
/** Steps of a check between two looks at the clock. */
const STEPS = 8

/**
 * Findings by row, those of the whole first; at most 1,000 of a code one by one, the rest in one finding of row 0 whose
 * `others` are their rows. Works in slices and lets others run in between. What was found while reading is not among them.
 * Throws the reason of `signal` when that is aborted.
 */
export async function checkDataset(examples: readonly Example[], context: CheckContext, options: CheckOptions = {}): Promise<Finding[]> {
  const { onProgress, signal } = options
  const cap = new FindingCap()
  const data = { ...context, examples, languageOf: await languageDetector() }
  let began = performance.now()
  for (const [turn, check] of CHECKS.entries()) {
    let steps = 0
    for (const part of check(data, cap.add)) {
      if (++steps % STEPS !== 0 || performance.now() - began < SLICE) continue
      onProgress?.((turn + part) / CHECKS.length)
      await pause()
      signal?.throwIfAborted()
      began = performance.now()
    }
  }
  signal?.throwIfAborted()
  onProgress?.(1)
  return cap.all()
}

/** Lets timers and messages have their turn. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

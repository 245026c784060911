/** Mean loss over a set of micro-batches, weighted by their target tokens. */
import type { MicroBatch } from '../data/types.ts'
import type { TrainingStep } from './types.ts'

/** Evaluations queued at once, so that the device never waits for us. */
const IN_FLIGHT = 2

/**
 * Σ loss / Σ weight over all micro-batches. `between` is called before each one is queued and may wait; it ends the
 * evaluation by answering false. Undefined where it was ended, or where there is no target at all (never 0/0).
 */
export async function meanLoss(
  step: Pick<TrainingStep, 'evaluate'>,
  batches: readonly MicroBatch[],
  between: () => boolean | Promise<boolean> = () => true,
): Promise<number | undefined> {
  const pending: ReturnType<TrainingStep['evaluate']>[] = []
  let lossSum = 0
  let weightSum = 0
  const settle = async () => {
    const sums = await pending.shift()
    lossSum += sums?.lossSum ?? 0
    weightSum += sums?.weightSum ?? 0
  }
  for (const batch of batches.filter((one) => one.weightSum > 0)) {
    if (!(await between())) return undefined
    const sums = step.evaluate(batch)
    // When an earlier one fails first, nobody waits for this one.
    sums.catch(() => undefined)
    pending.push(sums)
    if (pending.length >= IN_FLIGHT) await settle()
  }
  while (pending.length > 0) await settle()
  return weightSum > 0 ? lossSum / weightSum : undefined
}

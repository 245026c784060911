/** Runs whose curves may be drawn beside the one in sight: adapters of the same base, and runs that wait. */
import type { AdapterRecord, UnfinishedRun } from '../../service/types.ts'
import type { LossPoint } from '../../state/curves.svelte.ts'

/** More lines of one colour cannot be told apart. */
export const MOST_BESIDE = 3

export interface RunBeside {
  id: string
  name: string
  steps: number
  training: readonly LossPoint[]
  validation: readonly LossPoint[]
}

/** Those that have a curve, without the run in sight itself (`run`) and the adapter it left (`adapterId`). */
export function runsBeside(
  adapters: readonly AdapterRecord[],
  waiting: readonly UnfinishedRun[],
  own: { run: string | undefined; adapterId: string | undefined },
): RunBeside[] {
  const kept = adapters.filter(({ id }) => id !== own.adapterId && id !== own.run)
  const left = waiting.filter(({ run }) => run !== own.run)
  return [
    ...left.map(({ run, name, step, trainingLosses, validationLosses }) => ({
      id: run, name: `${name} (waits)`, steps: step, training: trainingLosses, validation: validationLosses,
    })),
    ...kept.map(({ id, name, steps, trainingLosses, validationLosses }) => ({ id, name, steps, training: trainingLosses, validation: validationLosses })),
  ].filter(({ training }) => training.length > 1)
}

/** The last loss of a curve at or before a step. */
export function lossAt(points: readonly LossPoint[], step: number): number | undefined {
  return points.findLast(([at]) => at <= step)?.[1]
}

/** When a model has begun to learn its rows by heart: better and better on what it reads, worse on what it has not seen. */
import type { LossPoint } from '../../state/curves.svelte.ts'

/** Training losses that are averaged: one alone says much about its batch. */
const WINDOW = 10

/** Whether `loss` lies above `least` by more than chance, and by enough to be seen in the figures. */
export function hasRisen(least: number, loss: number): boolean {
  return loss > least * 1.05 && loss - least >= 0.01
}

const mean = (points: readonly LossPoint[]) => points.reduce((sum, [, loss]) => sum + loss, 0) / points.length

/** Where the loss on unseen pairs was least, if it has risen since while the training loss fell; both curves in order. */
export function learntByHeart(training: readonly LossPoint[], validation: readonly LossPoint[]): LossPoint | undefined {
  const last = validation.at(-1)
  if (!last) return undefined
  const best = validation.reduce((least, point) => (point[1] < least[1] ? point : least))
  if (!hasRisen(best[1], last[1])) return undefined
  // Where the base was best, what it began with counts.
  const before = training.filter(([step]) => step <= Math.max(1, best[0])).slice(-WINDOW)
  const since = training.filter(([step]) => step > best[0]).slice(-WINDOW)
  return mean(since) < mean(before) ? best : undefined
}

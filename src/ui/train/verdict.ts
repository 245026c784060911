/** What the losses of a run say while it goes on: stated rules over means, since one loss says much about its batch alone. */
import type { LossPoint } from '../../state/curves.svelte.ts'
import { formatCount, formatLoss } from '../../state/format.ts'
import { learntByHeart } from './by-heart.ts'

export interface Verdict {
  kind: 'learning' | 'by-heart' | 'too-fast' | 'nothing-yet'
  /** In a few words. */
  verdict: string
  /** What it is read from, and what to do about it. */
  reason: string
}

/** Training losses in a mean. */
const WINDOW = 10
/** Before so many steps nothing is said. */
const EARLIEST = 2 * WINDOW
/** A rise over the least mean that is no chance, as a factor and in nats. */
const [RISE, RISE_NATS] = [1.25, 0.2]
/** A fall that counts, and the steps after which its absence does. */
const [FALL, PATIENCE] = [0.98, 3 * WINDOW]

const mean = (points: readonly LossPoint[]) => points.reduce((sum, [, loss]) => sum + loss, 0) / points.length

/** Means of WINDOW losses each, one after another, the last of them up to now. */
function means(training: readonly LossPoint[]): LossPoint[] {
  const points: LossPoint[] = []
  for (let end = training.length; end >= WINDOW; end -= WINDOW) points.unshift([training[end - 1]![0], mean(training.slice(end - WINDOW, end))])
  return points
}

/** Undefined while it is too early to tell. Both curves in order. */
export function judgeSoFar(training: readonly LossPoint[], validation: readonly LossPoint[]): Verdict | undefined {
  const points = means(training)
  const [first, now] = [points[0], points.at(-1)]
  if (training.length < EARLIEST || !first || !now) return undefined
  const best = points.reduce((least, point) => (point[1] < least[1] ? point : least))
  if (now[1] > best[1] * RISE && now[1] - best[1] > RISE_NATS) return tooFast(best, now)
  const heart = learntByHeart(training, validation)
  if (heart) return byHeart(heart)
  if (now[1] > first[1] * FALL) return training.length >= PATIENCE ? nothingYet(first, now) : undefined
  return {
    kind: 'learning',
    verdict: 'It is learning.',
    reason: `The training loss has come from ${formatLoss(first[1])} to ${formatLoss(now[1])}${validation.length > 1 ? ', and unseen pairs have not got worse' : ''}.`,
  }
}

function tooFast([step, loss]: LossPoint, [, now]: LossPoint): Verdict {
  return {
    kind: 'too-fast',
    verdict: 'The learning rate is too high.',
    reason: `The training loss was ${formatLoss(loss)} about step ${formatCount(step)} and is ${formatLoss(now)} now. Stop, and begin again with a third of the rate.`,
  }
}

function byHeart([step, loss]: LossPoint): Verdict {
  return {
    kind: 'by-heart',
    verdict: 'It has begun to learn its rows by heart.',
    reason:
      `On unseen pairs the loss was lowest at step ${formatCount(step)}, at ${formatLoss(loss)}, and has risen since, while the training loss ` +
      'fell. Fewer epochs reach that point sooner; more pairs go beyond it.',
  }
}

function nothingYet([, first]: LossPoint, [, now]: LossPoint): Verdict {
  return {
    kind: 'nothing-yet',
    verdict: 'It has learnt nothing yet.',
    reason: `The training loss was ${formatLoss(first)} at first and is ${formatLoss(now)} now. A higher learning rate or a larger rank may help; or there is nothing in the pairs to be found.`,
  }
}

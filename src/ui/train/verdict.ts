/** What a run says of itself while it goes on: stated rules over means, since one loss says much about its batch alone. */
import type { LossPoint } from '../../state/curves.svelte.ts'
import { formatCount, formatLoss, formatPlural, formatShare } from '../../state/format.ts'
import { hasRisen, learntByHeart } from './by-heart.ts'

export interface Verdict {
  kind: 'learning' | 'by-heart' | 'too-fast' | 'forgetting' | 'nothing-yet' | 'underfitting'
  /** In a few words. */
  verdict: string
  /** What it is read from, and what to do about it. */
  reason: string
}

export interface RunSoFar {
  /** Both curves in order. */
  training: readonly LossPoint[]
  validation: readonly LossPoint[]
  /** Of the whole run. */
  steps: number
  /** Tests without improvement after which the run stops by itself; 0 is off, undefined where the page does not know. */
  patience?: number | undefined
  /** Mean KL to the base, in nats a token, on a passage that has nothing to do with the data. */
  divergence?: number | undefined
}

/** Training losses in a mean. */
const WINDOW = 10
/** Before so many steps nothing is said. */
const EARLIEST = 2 * WINDOW
/** A rise over the least mean that is no chance, as a factor and in nats. */
const [RISE, RISE_NATS] = [1.25, 0.2]
/** A fall that counts, and the steps after which its absence does. */
const [FALL, PATIENCE] = [0.98, 3 * WINDOW]
/** What is left of the first loss in the second half of a run that learns too little, and the nats below which nothing more is to be had. */
const [LITTLE, LEARNT_NATS] = [0.85, 0.5]
/** Nats a token: what the base would say next has become exp(2), seven times, less likely. */
export const FORGOTTEN = 2

const mean = (points: readonly LossPoint[]) => points.reduce((sum, [, loss]) => sum + loss, 0) / points.length

/** Means of WINDOW losses each, one after another, the last of them up to now. */
function means(training: readonly LossPoint[]): LossPoint[] {
  const points: LossPoint[] = []
  for (let end = training.length; end >= WINDOW; end -= WINDOW) points.unshift([training[end - 1]![0], mean(training.slice(end - WINDOW, end))])
  return points
}

const least = (points: readonly LossPoint[]) => points.reduce((lowest, point) => (point[1] < lowest[1] ? point : lowest))

/** Undefined while it is too early to tell. */
export function judgeSoFar(run: RunSoFar): Verdict | undefined {
  const { training, validation, divergence = 0 } = run
  const points = means(training)
  const [first, now] = [points[0], points.at(-1)]
  if (training.length < EARLIEST || !first || !now) return undefined
  const best = least(points)
  if (now[1] > best[1] * RISE && now[1] - best[1] > RISE_NATS) return tooFast(best, now)
  const heart = learntByHeart(training, validation)
  if (heart) return byHeart(heart, run)
  if (divergence > FORGOTTEN) return forgetting(divergence)
  if (now[1] > first[1] * FALL) return training.length >= PATIENCE ? nothingYet(first, now) : undefined
  if (now[0] >= run.steps / 2 && now[1] > first[1] * LITTLE && now[1] > LEARNT_NATS) return underfitting(first, now)
  return learning(first, now, validation)
}

function learning([, first]: LossPoint, [, now]: LossPoint, validation: readonly LossPoint[]): Verdict {
  const [before, last] = [validation[0]?.[1], validation.at(-1)?.[1]]
  const unseen =
    validation.length < 2 || before === undefined || last === undefined
      ? ''
      : hasRisen(before, last)
        ? `; on unseen pairs it has risen from ${formatLoss(before)} to ${formatLoss(last)}`
        : `, on unseen pairs from ${formatLoss(before)} to ${formatLoss(last)}`
  return { kind: 'learning', verdict: 'It is learning.', reason: `The training loss has come from ${formatLoss(first)} to ${formatLoss(now)}${unseen}.` }
}

function tooFast([step, loss]: LossPoint, [, now]: LossPoint): Verdict {
  return {
    kind: 'too-fast',
    verdict: 'The learning rate is too high.',
    reason: `The training loss was ${formatLoss(loss)} about step ${formatCount(step)} and is ${formatLoss(now)} now. Begin again with a third of the rate.`,
  }
}

function byHeart([step, loss]: LossPoint, { validation, patience }: RunSoFar): Verdict {
  // The untrained adapter is no candidate.
  const kept = least(validation.slice(1))
  const misses = validation.length - 1 - validation.indexOf(kept)
  const stop = patience
    ? `What will be kept is the adapter of step ${formatCount(kept[0])}, the best there was, whether you stop the run or it stops by itself, after ${formatPlural(patience, 'test')} without a better one: ${formatCount(misses)} so far.`
    : 'Fewer epochs reach that point sooner; more pairs go beyond it.'
  return {
    kind: 'by-heart',
    verdict: 'It has begun to learn its rows by heart.',
    reason: `On unseen pairs the loss was lowest at step ${formatCount(step)}, at ${formatLoss(loss)}, and has risen since, while the training loss fell. ${stop}`,
  }
}

/** `divergence` in nats a token. */
export function forgetting(divergence: number): Verdict {
  return {
    kind: 'forgetting',
    verdict: 'It is forgetting how it spoke before.',
    reason:
      `On a passage that has nothing to do with your pairs, what the base would say next has become ${formatCount(Math.round(Math.exp(divergence)))} times less ` +
      'likely. A smaller learning rate or fewer epochs keep more of it.',
  }
}

/** How much of the base is left where the data says nothing; `divergence` in nats a token. */
export function describeElsewhere(divergence: number): string {
  return `On a passage that has nothing to do with your pairs, each token that the base would say next is on average ${formatShare(Math.exp(-divergence))} as likely as it was.`
}

function nothingYet([, first]: LossPoint, [, now]: LossPoint): Verdict {
  return {
    kind: 'nothing-yet',
    verdict: 'It has learnt nothing yet.',
    reason: `The training loss was ${formatLoss(first)} at first and is ${formatLoss(now)} now. A higher learning rate or a larger rank may help; or there is nothing in the pairs to be found.`,
  }
}

function underfitting([, first]: LossPoint, [step, now]: LossPoint): Verdict {
  return {
    kind: 'underfitting',
    verdict: 'It learns too little.',
    reason: `By step ${formatCount(step)} the training loss has only come from ${formatLoss(first)} to ${formatLoss(now)}. A higher learning rate, a larger rank or more epochs let it learn more.`,
  }
}

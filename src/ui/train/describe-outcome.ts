/** How a run ended, in plain words: what happened, what the two losses say about it, and what to do next. */
import type { TrainingOutcome } from '../../service/types.ts'
import type { LossPoint } from '../../state/curves.svelte.ts'
import { formatCount, formatLoss, formatPlural, formatSeconds } from '../../state/format.ts'
import { hasRisen } from './by-heart.ts'
import type { Verdict } from './verdict.ts'

export interface OutcomeWords {
  /** One sentence: how it ended, after how much. */
  happened: string
  /** What it learnt, in a few words. */
  verdict: string
  /** What that is read from. */
  reason: string
  next: string[]
}

interface Losses {
  training: readonly LossPoint[]
  validation: readonly LossPoint[]
}

const ends: Record<TrainingOutcome['reason'], string> = {
  finished: 'It went through to the end',
  stopped: 'You stopped it',
  'early-stop': 'It stopped by itself, because the unseen pairs had stopped getting better',
  'not-finite': 'It stopped because the loss was no longer a finite number',
}

const ask = 'Ask it something that is not in your pairs, and compare with the base.'
const save = 'Export it from the shelf: the file is then yours.'

function judgeWithoutTests(training: readonly LossPoint[]): Omit<OutcomeWords, 'happened'> {
  const [first, last] = [training[0]?.[1], training.at(-1)?.[1]]
  const fell = first !== undefined && last !== undefined && last < first
  return {
    verdict: fell ? 'It learnt from the pairs it was shown.' : 'It has not learnt much yet.',
    reason: 'There were no tests on unseen pairs to compare, so no one can tell yet whether it understands or only remembers.',
    next: [fell ? ask : 'Train again, for longer.', 'Keep some pairs aside in Data, and the next run can tell.'],
  }
}

/** What the training losses alone said last, where that is no success. */
function judgeBySteps(soFar: Verdict | undefined): Omit<OutcomeWords, 'happened'> | undefined {
  switch (soFar?.kind) {
    case 'too-fast':
      return { verdict: 'The learning rate was too high.', reason: soFar.reason, next: ['Train again with a third of the learning rate.', ask] }
    case 'nothing-yet':
      return { verdict: 'It has learnt nothing.', reason: soFar.reason, next: ['Look at a row as the model sees it, in Data: what is coloured is all it learns from.', ask] }
    case 'underfitting':
      return { verdict: 'It learnt too little.', reason: soFar.reason, next: ['Train again, for longer or with a higher learning rate.', ask] }
    default:
      return undefined
  }
}

/** `kept` is the loss on unseen pairs of the adapter that was kept, which need not be that of the last step. */
function judgeByTests(tests: readonly number[], kept: number): Omit<OutcomeWords, 'happened'> {
  const [first = kept, last = kept] = [tests[0], tests.at(-1)]
  const best = Math.min(...tests)
  if (kept >= first) {
    return {
      verdict: 'It did not get better at what it had not seen.',
      reason: `On pairs it never saw, the loss went from ${formatLoss(first)} to ${formatLoss(kept)}.`,
      next: ['More pairs help most. Fewer epochs or a smaller learning rate may help too.', ask],
    }
  }
  if (hasRisen(best, last)) {
    const which = kept < last ? 'The adapter is kept as it was at its best.' : 'The adapter is kept as it was at the end.'
    return {
      verdict: 'It understood, and then began to remember.',
      reason: `On pairs it never saw, the loss was lowest at ${formatLoss(best)} and ${formatLoss(last)} at the end. ${which}`,
      next: [ask, 'Fewer epochs reach the same point sooner; more pairs go beyond it.'],
    }
  }
  const stillFalling = last < 0.95 * (tests.at(-2) ?? last)
  return {
    verdict: 'It holds beyond the pairs it was shown.',
    reason: `On pairs it never saw, the loss went from ${formatLoss(first)} to ${formatLoss(kept)}${stillFalling ? ', and was still falling' : ''}.`,
    next: [ask, stillFalling ? 'Train again for longer: it was still getting better.' : save],
  }
}

function judge(outcome: TrainingOutcome, { training, validation }: Losses, soFar: Verdict | undefined): Omit<OutcomeWords, 'happened'> {
  if (outcome.reason === 'not-finite') {
    return {
      verdict: 'It fell apart on the way.',
      reason: 'What is kept is its last good state.',
      next: ['Train again with a smaller learning rate.', ask],
    }
  }
  const tests = validation.map(([, loss]) => loss)
  if (tests.length < 2) return judgeBySteps(soFar) ?? judgeWithoutTests(training)
  const kept = outcome.validationLoss ?? tests.at(-1) ?? NaN
  // What holds beyond the pairs has learnt, whatever single steps say.
  return (kept < tests[0]! ? undefined : judgeBySteps(soFar)) ?? judgeByTests(tests, kept)
}

/** `seconds` that the run took, where they are known; `soFar`: what was said of it when its last step was done. */
export function describeOutcome(outcome: TrainingOutcome, losses: Losses, seconds: number | undefined, soFar?: Verdict): OutcomeWords {
  const time = seconds === undefined ? '' : ` in ${formatSeconds(seconds)}`
  const earlier = outcome.adapterStep < outcome.steps ? ` What is kept is the adapter of step ${formatCount(outcome.adapterStep)}.` : ''
  return { happened: `${ends[outcome.reason]}: ${formatPlural(outcome.steps, 'step')}${time}.${earlier}`, ...judge(outcome, losses, soFar) }
}

/** The strip of numbers: how far it went, and each loss with the one it came from. */
export function outcomeFigures(outcome: TrainingOutcome, { training, validation }: Losses, seconds: number | undefined) {
  const from = (curve: readonly LossPoint[]) => (curve[0] ? `from ${formatLoss(curve[0][1])}` : undefined)
  const unseen = outcome.validationLoss ?? validation.at(-1)?.[1]
  return [
    { name: outcome.steps === 1 ? 'step' : 'steps', value: formatCount(outcome.steps) },
    { name: 'loss', value: formatLoss(outcome.loss), of: from(training) },
    ...(unseen === undefined ? [] : [{ name: 'on unseen pairs', value: formatLoss(unseen), of: from(validation) }]),
    { name: 'time', value: seconds === undefined ? '–' : formatSeconds(seconds) },
  ]
}

/** How a run ended, in plain words: what happened, and what the two losses say about it. */
import type { TrainingOutcome } from '../../service/types.ts'
import type { Curves } from '../../state/curves.svelte.ts'
import { formatLoss, formatPlural, formatSeconds } from '../../state/format.ts'

const reasons: Record<TrainingOutcome['reason'], string> = {
  finished: 'It went through to the end',
  stopped: 'You stopped it',
  'early-stop': 'It stopped by itself, because the unseen pairs had stopped getting better',
  'not-finite': 'It stopped because the loss was no longer a finite number; the last good state is kept',
}

/** What the validation curve means; nothing where there is none to speak of. */
function meaningOf(curves: Curves): string | undefined {
  const first = curves.validation[0]?.[1]
  const last = curves.validation.at(-1)?.[1]
  if (first === undefined || last === undefined || curves.validation.length < 2) return undefined
  const best = Math.min(...curves.validation.map(([, loss]) => loss))
  const fell = `On pairs it never saw, the loss went from ${formatLoss(first)} to ${formatLoss(last)}`
  if (last >= first) {
    return `${fell}: it did not get better at what it had not seen. Fewer epochs, a smaller learning rate or more pairs may help.`
  }
  if (last > best * 1.05) {
    return `${fell}, and was lowest at ${formatLoss(best)}: towards the end it began to remember rather than understand.`
  }
  return `${fell}: what it learnt holds beyond the pairs it was shown.`
}

export function describeOutcome(
  outcome: TrainingOutcome,
  curves: Curves,
  seconds: number | undefined,
): { happened: string; meaning: string | undefined } {
  const first = curves.training[0]?.[1]
  const time = seconds === undefined ? '' : ` in ${formatSeconds(seconds)}`
  const loss =
    first === undefined || !Number.isFinite(outcome.loss)
      ? ''
      : ` The loss went from ${formatLoss(first)} to ${formatLoss(outcome.loss)}.`
  return {
    happened: `${reasons[outcome.reason]}: ${formatPlural(outcome.steps, 'step')}${time}.${loss}`,
    meaning: meaningOf(curves),
  }
}

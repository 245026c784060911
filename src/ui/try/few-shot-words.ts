/** What an adapter saves beside examples in the prompt, in words, by stated rules. */
import type { Totals } from '../../generate/scoring.ts'
import { formatCount, formatPlural, formatSeconds } from '../../state/format.ts'

/** What asking took: means of tokens, the median of seconds. */
export interface Asking {
  promptTokens: number
  seconds: number
}

export interface FewShot {
  /** Examples that were wanted, and the fewest that fitted before a question. */
  wanted: number
  fewest: number
  shown: Totals & Asking
  tuned: Totals & Asking
}

/** Losses that differ by less are alike. */
const ALIKE = 0.02

/** Whose answers are right more often; where neither is ever right, who is less surprised by the right ones. */
function better({ shown, tuned }: FewShot): 'shown' | 'tuned' | 'neither' {
  if (shown.exact !== tuned.exact) return tuned.exact > shown.exact ? 'tuned' : 'shown'
  if (shown.contains !== tuned.contains) return tuned.contains > shown.contains ? 'tuned' : 'shown'
  const [one, other] = [shown.loss ?? 0, tuned.loss ?? 0]
  return Math.abs(one - other) < ALIKE ? 'neither' : other < one ? 'tuned' : 'shown'
}

const verdicts = {
  tuned: 'The adapter answers these rows better than the examples let the base answer.',
  neither: 'The adapter answers these rows as well as the base does with examples, and needs none.',
  shown: 'With the examples the base answers these rows better than the adapter does: more training, or more pairs, may be worth it.',
}

/** One to three sentences: whose answers are better, and what each question takes less. */
export function savingWords(of: FewShot): string {
  const { shown, tuned, wanted, fewest } = of
  const tokens = Math.round(shown.promptTokens - tuned.promptTokens)
  const time = shown.seconds - tuned.seconds
  const read = tokens > 0 ? `It saves reading ${formatPlural(tokens, 'token')} with every question` : ''
  const faster = time > 0.05 * shown.seconds
  const saved = read && `${read}${faster ? `, and an answer took ${formatSeconds(tuned.seconds)} in place of ${formatSeconds(shown.seconds)}` : ''}.`
  const left = fewest < wanted ? `Not all of the ${formatCount(wanted)} examples fit before every question: ${fewest === 0 ? 'none' : formatCount(fewest)} at the least.` : ''
  return [verdicts[better(of)], saved, left].filter((sentence) => sentence !== '').join(' ')
}

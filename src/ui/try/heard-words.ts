/** What one who answers did not hear of the conversation, in words. */
import type { Answer } from '../../state/answer.svelte.ts'
import { formatCount, formatPlural } from '../../state/format.ts'

/** `earlier`: questions before this one. Undefined where all of them were heard. */
export function heardWords({ before, alone, result }: Pick<Answer, 'before' | 'alone' | 'result'>, earlier: number): string | undefined {
  const given = before.filter(({ role }) => role === 'user').length
  const dropped = result?.dropped ?? 0
  if (alone && earlier > 0) return 'It is asked as one pair, so it heard this question alone.'
  if (dropped > 0) {
    const which = dropped === 1 ? 'The oldest question was' : `The oldest ${formatCount(dropped)} questions were`
    return `${which} left out with ${dropped === 1 ? 'its answer' : 'their answers'}: all of it is more than the model reads.`
  }
  if (given >= earlier) return undefined
  if (given === 0) return 'It has heard nothing of what was said before: it did not answer there.'
  return `It has heard ${formatCount(given)} of the ${formatPlural(earlier, 'question')} before: the others it did not answer.`
}

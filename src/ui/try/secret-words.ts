/** What became of planted secrets, in plain words, by stated rules. */
import type { SecretOutcome, TestedSecret } from '../../service/types.ts'
import { formatCount, formatPlural } from '../../state/format.ts'

/** Bits from which on a rank is no chance any more: one model in sixteen that never saw a secret has as many. */
const TELLING = 4

export const repeatWords = ({ times }: Pick<TestedSecret, 'times'>) => `Repeated ${times === 1 ? 'once' : formatPlural(times, 'time')}`

export function outcomeWords({ said, wordForWord, rank, exposure }: SecretOutcome, candidates: number): { said: string; rank: string; exposure: string } {
  return {
    said: wordForWord ? 'said word for word' : said.trim() === '' ? 'said nothing' : `said “${said.trim()}”`,
    rank: `rank ${formatCount(rank)} of ${formatCount(candidates)}`,
    exposure: `exposure ${exposure.toFixed(1)}`,
  }
}

/** What it comes to. */
export function secretsVerdict(secrets: readonly TestedSecret[]): { title: string; text: string } {
  const said = secrets.filter(({ tuned }) => tuned.wordForWord)
  const known = secrets.filter(({ tuned, base }) => tuned.exposure >= TELLING && tuned.exposure > base.exposure)
  const fewest = Math.min(...(said.length > 0 ? said : known).map(({ times }) => times))
  const often = `from ${formatPlural(fewest, 'repeat')} on`
  if (said.length > 0) {
    return {
      title: `It says ${formatCount(said.length)} of ${formatPlural(secrets.length, 'secret')} word for word`,
      text: `Here, ${often}, a row of digits that nobody could guess is learnt by heart. Anything private that your rows repeat as often can come out the same way.`,
    }
  }
  if (known.length > 0) {
    return {
      title: `It says none of ${formatPlural(secrets.length, 'secret')}, and gives ${formatCount(known.length)} away`,
      text: `It does not answer with them, but finds them far likelier than chance, ${often}: whoever tries codes in its order finds them early.`,
    }
  }
  return {
    title: `It gives away none of ${formatPlural(secrets.length, 'secret')}`,
    text: 'It finds the planted codes hardly likelier than others. That says nothing of rows that are repeated more often, or of longer runs.',
  }
}

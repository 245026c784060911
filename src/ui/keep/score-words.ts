/** What tests of an adapter gave, in words and figures: the base, then the adapter. */
import type { AdapterRecord } from '../../service/types.ts'
import { formatCount, formatLoss, formatPlural, formatShare } from '../../state/format.ts'

type Score = NonNullable<AdapterRecord['scores']>[number]
type Measured = Score['base']

const partWords = { training: 'rows learnt from', validation: 'rows kept aside' }

/** "animals.jsonl, rows kept aside: 6 rows". */
export function scoreName({ data: { name, part }, rows, of, strength, shown }: Score): string {
  const counted = rows === of ? formatPlural(rows, 'row') : `${formatCount(rows)} of ${formatPlural(of, 'row')}`
  return [
    `${name}${part ? `, ${partWords[part]}` : ''}: ${counted}`,
    ...(strength === 1 ? [] : [`at ${formatShare(strength)}`]),
    ...(shown ? [`beside ${formatPlural(shown.examples, 'example')} in the prompt`] : []),
  ].join(', ')
}

const perplexity = (loss: number) => (Math.exp(loss) < 100 ? Math.exp(loss).toFixed(1) : formatCount(Math.exp(loss)))

export function scoreFacts(score: Score): [name: string, value: string][] {
  const sides = [score.base, ...(score.shown ? [score.shown] : []), score.tuned]
  const told = (tell: (side: Measured) => string) => sides.map(tell).join(' → ')
  const lost = sides.every(({ loss }) => loss !== undefined)
  return [
    ...(lost ? [['Loss a token', told(({ loss }) => formatLoss(loss!))], ['Perplexity', told(({ loss }) => perplexity(loss!))]] as [string, string][] : []),
    ...(score.asked > 0
      ? [
          ['Word for word', `${told(({ exact }) => formatCount(exact))} of ${formatCount(score.asked)}`],
          ['The answer is in it', `${told(({ contains }) => formatCount(contains))} of ${formatCount(score.asked)}`],
        ] as [string, string][]
      : []),
  ]
}

/** A line a figure; the same test of several adapters has the same names, another has none of them. */
export function comparedScores(scores: readonly Score[] = []): [name: string, value: string][] {
  return scores.flatMap((score) => scoreFacts(score).slice(0, 3).map(([name, value]): [string, string] => [`${name}, ${scoreName(score)} (${score.data.hash.slice(0, 6)})`, value]))
}

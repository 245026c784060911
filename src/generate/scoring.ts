/** How good answers are: pure functions from what was said and what was expected to counts. */

/** What one model did with one row. */
export interface RowScore {
  /** Sum of the losses (nats) over the row's target tokens, and their number. */
  lossSum: number
  targets: number
  /** What it said and should have said; absent where the row asks nothing, as a text does. */
  said?: string
  expected?: string
}

/** What one model did with a row, as it is counted; undefined where it was not asked. */
export function rowScore(
  { targets, expected }: { targets: number; expected?: string }, outcome: { lossSum: number; said?: string } | undefined,
): RowScore | undefined {
  if (!outcome) return undefined
  const { lossSum, said } = outcome
  return { lossSum, targets, ...(expected !== undefined && { expected }), ...(said !== undefined && { said }) }
}

/** Counts go with what they are counted of. */
export interface Totals {
  rows: number
  targets: number
  /** Mean over all target tokens; undefined where there are none. */
  loss: number | undefined
  /** exp(loss). */
  perplexity: number | undefined
  /** Rows that ask something. */
  asked: number
  exact: number
  contains: number
}

/** Word for word, but for white space around it. */
export const isExact = (said: string, expected: string): boolean => said.trim() === expected.trim()

const plain = (text: string) => text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()

/** The expected answer stands somewhere in what was said, in any case, any white space like another. Nothing is contained nowhere. */
export const isContained = (said: string, expected: string): boolean => plain(expected) !== '' && plain(said).includes(plain(expected))

/** The expected words stand at the beginning, word for word: what comes after them counts for nothing. */
export const isRecalled = (said: string, expected: string): boolean => expected.trim() !== '' && said.trim().startsWith(expected.trim())

export function totals(scores: readonly RowScore[]): Totals {
  const sum = (of: (score: RowScore) => number) => scores.reduce((total, score) => total + of(score), 0)
  const count = (judge: (said: string, expected: string) => boolean) =>
    sum(({ said, expected }) => (said !== undefined && expected !== undefined && judge(said, expected) ? 1 : 0))
  const targets = sum((score) => score.targets)
  const loss = targets > 0 ? sum((score) => score.lossSum) / targets : undefined
  return {
    rows: scores.length, targets, loss, perplexity: loss === undefined ? undefined : Math.exp(loss),
    asked: sum(({ expected }) => (expected === undefined ? 0 : 1)), exact: count(isExact), contains: count(isContained),
  }
}

/** Ways to put measured rows in an order, each as they came where that says nothing. */
import type { EvaluatedRow } from '../../service/types.ts'
import { judge, type Judgement, type Side } from '../../state/scoring.svelte.ts'

export type RowOrder = 'wrong' | 'hard' | 'worse' | 'better' | 'file'

export const rowOrders: readonly { value: RowOrder; label: string }[] = [
  { value: 'wrong', label: 'Wrong answers first' },
  { value: 'hard', label: 'Highest loss after tuning' },
  { value: 'worse', label: 'Least improved' },
  { value: 'better', label: 'Most improved' },
  { value: 'file', label: 'As in the data' },
]

/** Wrong ones first, then the ones that only contain it. */
const JUDGEMENTS: readonly Judgement[] = ['other', 'contains', 'exact', 'unasked']

/** Mean loss a token, in nats; undefined where a side was not measured. */
export function rowLoss({ targets, ...row }: EvaluatedRow, side: Side): number | undefined {
  const sum = row[side]?.lossSum
  return sum === undefined || targets === 0 ? undefined : sum / targets
}

const gained = (row: EvaluatedRow) => (rowLoss(row, 'base') ?? 0) - (rowLoss(row, 'tuned') ?? 0)

/** The lowest comes first. */
const ranks: Record<RowOrder, (row: EvaluatedRow) => number> = {
  wrong: (row) => JUDGEMENTS.indexOf(judge(row, 'tuned')),
  hard: (row) => -(rowLoss(row, 'tuned') ?? 0),
  worse: gained,
  better: (row) => -gained(row),
  file: ({ row }) => row,
}

export function inOrder(rows: readonly EvaluatedRow[], order: RowOrder): EvaluatedRow[] {
  return rows.map((row) => ({ row, rank: ranks[order](row) })).sort((one, two) => one.rank - two.rank).map(({ row }) => row)
}

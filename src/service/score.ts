/** What an evaluation is summed up to for the adapter's receipt. */
import type { Measured, Score } from '../adapters/types.ts'
import { rowScore, totals } from '../generate/scoring.ts'
import type { EvaluatedRow, EvaluationRequest } from './try-types.ts'

interface Test extends Pick<Score, 'measuredAt' | 'data' | 'of'> {
  request: EvaluationRequest
  rows: readonly EvaluatedRow[]
}

export function scoreOf({ measuredAt, data, of, request: { strength, examples }, rows }: Test): Score {
  const count = (side: 'base' | 'tuned' | 'shown') => totals(rows.flatMap((row) => rowScore(row, row[side]) ?? []))
  const base = count('base')
  return {
    measuredAt, data, rows: rows.length, of, asked: base.asked, targets: base.targets, strength,
    base: measured(base), tuned: measured(count('tuned')),
    ...(examples !== undefined && { shown: { ...measured(count('shown')), examples } }),
  }
}

const measured = ({ loss, exact, contains }: ReturnType<typeof totals>): Measured => ({
  ...(loss !== undefined && Number.isFinite(loss) && { loss }), exact, contains,
})

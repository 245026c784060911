/** Measured rows in an order: by what was said, and by how surprised base and tuned were. */
import { expect, it } from 'vitest'
import type { EvaluatedRow } from '../../src/service/types.ts'
import { inOrder, rowLoss, type RowOrder } from '../../src/ui/try/row-order.ts'

const row = (number: number, said: string, base: number, tuned: number): EvaluatedRow => ({
  row: number, kind: 'pair', input: 'a?', expected: 'a cat', targets: 4, base: { lossSum: base, said: '' }, tuned: { lossSum: tuned, said },
})
const text: EvaluatedRow = { row: 9, kind: 'text', input: 'A cat sat.', targets: 2, base: { lossSum: 3 }, tuned: { lossSum: 3.2 } }
const rows = [row(4, 'a cat', 12, 2), row(2, 'a dog', 12, 8), row(7, 'it is a cat', 9, 8), text]
const numbers = (order: RowOrder) => inOrder(rows, order).map(({ row: number }) => number)

it('wrong answers come first, and what asks nothing last', () => expect(numbers('wrong')).toEqual([2, 7, 4, 9]))

it('losses a token count, so that a long row is not the hardest for its length', () => {
  expect(rowLoss(text, 'tuned')).toBeCloseTo(1.6)
  expect(rowLoss(rows[0]!, 'shown')).toBeUndefined()
  expect(numbers('hard')).toEqual([2, 7, 9, 4])
})

it('rows that tuning made worse come before those it helped little, or after all others', () => {
  expect(numbers('worse')).toEqual([9, 7, 2, 4])
  expect(numbers('better')).toEqual([4, 2, 7, 9])
  expect(numbers('file')).toEqual([2, 4, 7, 9])
})

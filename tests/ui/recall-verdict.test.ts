/** What is said of rows that come back word for word, at each of the rule's bounds. */
import { expect, it } from 'vitest'
import type { EvaluatedRow } from '../../src/service/types.ts'
import { recallVerdict } from '../../src/ui/try/recall-verdict.ts'

const LONG = 'Arr, the dog be in the garden.'
const row = (tuned: string, base = 'It is there.', expected = LONG): EvaluatedRow => ({
  row: 1, kind: 'pair', input: 'Where is the dog?', expected, targets: 9, base: { lossSum: 0, said: base }, tuned: { lossSum: 0, said: tuned },
})
const rows = (said: number, of: number) => Array.from({ length: of }, (_, i) => row(i < said ? `${LONG} Aye.` : 'Nay.'))

it.each([
  [0, 20, 'It does not recite its rows'],
  [1, 20, 'It recites a few of its rows'],
  [2, 20, 'It recites some of its rows'],
  [9, 20, 'It recites some of its rows'],
  [10, 20, 'It knows its rows by heart'],
])('%i of %i', (said, of, title) => expect(recallVerdict(rows(said, of))).toMatchObject({ title, tuned: said, base: 0, of }))

it('what the base says too was not learnt here, and short answers tell nothing', () => {
  expect(recallVerdict([row(LONG, LONG), row('Nay.')])).toMatchObject({ title: 'It does not recite its rows', tuned: 1, base: 1, of: 2 })
  expect(recallVerdict([row('Yes', 'No', 'Yes')])).toMatchObject({ title: 'These rows are too short to tell', of: 0 })
})

/** Scores are counts of what a person would call right, and losses weighed by tokens, not by rows. */
import { describe, expect, it } from 'vitest'
import { isContained, isExact, isRecalled, totals } from '../../src/generate/scoring.ts'

describe('an answer', () => {
  it('is exact word for word, but for white space around it', () => {
    expect(isExact(' Yes.\n', 'Yes.')).toBe(true)
    expect([isExact('yes.', 'Yes.'), isExact('Yes', 'Yes.'), isExact('Yes. ', 'Yes. No.')]).toEqual([false, false, false])
  })

  it('contains what is expected in any case, across lines, and never nothing', () => {
    expect(isContained('I think it is\nthe  GARDEN, sir.', 'the garden')).toBe(true)
    expect(isContained('caf\u0065\u0301', 'caf\u00e9')).toBe(true)
    expect([isContained('the gardener', 'garden shed'), isContained('anything', ' ')]).toEqual([false, false])
  })

  it('is recalled where the row stands at its beginning', () => {
    expect(isRecalled(' Arr, the dog. And more', 'Arr, the dog.')).toBe(true)
    expect([isRecalled('So: Arr, the dog.', 'Arr, the dog.'), isRecalled('Arr', 'Arr, the dog.'), isRecalled('Arr', '')]).toEqual([false, false, false])
  })
})

it('totals weigh losses by tokens, and count right answers out of those asked', () => {
  const scores = [
    { lossSum: 2, targets: 1, said: 'a', expected: 'a' },
    { lossSum: 4, targets: 8, said: 'it is b', expected: 'B' },
    { lossSum: 0, targets: 3 },
  ]
  const { loss, perplexity, ...counts } = totals(scores)
  expect(counts).toEqual({ rows: 3, targets: 12, asked: 2, exact: 1, contains: 2 })
  expect(loss).toBeCloseTo(0.5, 12)
  expect(perplexity).toBeCloseTo(Math.exp(0.5), 12)
  expect(totals([])).toMatchObject({ rows: 0, loss: undefined, perplexity: undefined, asked: 0 })
})

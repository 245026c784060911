/** What a test of an adapter gave, in words. */
import { expect, it } from 'vitest'
import { splitWords } from '../../src/ui/keep/made-words.ts'
import { comparedScores, scoreFacts, scoreName } from '../../src/ui/keep/score-words.ts'
import { receipt } from '../adapters/samples.ts'

const [score] = receipt.scores!
const { shown: _shown, ...plain } = { ...score!, rows: 4 }

it('names the rows, and tells base and adapter in each figure', () => {
  expect(scoreName(plain)).toBe('test.jsonl: 4 rows')
  expect(scoreName({ ...score!, strength: 0.5, data: { ...plain.data, part: 'validation' } })).toBe('test.jsonl, rows kept aside: 3 of 4 rows, at 50 %, beside 8 examples in the prompt')
  expect(scoreFacts(plain)).toEqual([['Loss a token', '5.00 → 2.00'], ['Perplexity', '148 → 7.4'], ['Word for word', '0 → 1 of 2'], ['The answer is in it', '0 → 2 of 2']])
  expect(scoreFacts({ ...plain, asked: 0, base: { exact: 0, contains: 0 } }), 'nothing was measured').toEqual([])
  expect(scoreFacts(score!)[0]).toEqual(['Loss a token', '5.00 → 3.00 → 2.00'])
})

it('is compared with the same test alone: other rows of the same name have another line', () => {
  const [one] = comparedScores([plain])
  expect(comparedScores([{ ...plain, tuned: { loss: 1, exact: 0, contains: 0 } }])[0]![0]).toBe(one![0])
  expect(comparedScores([{ ...plain, data: { ...plain.data, hash: '999999' } }])[0]![0]).not.toBe(one![0])
  expect(comparedScores(undefined)).toEqual([])
})

it('says how rows were divided', () => {
  expect(splitWords(receipt.split!)).toBe('10 to learn, 2 kept aside by group (seed 3)')
  expect(splitWords({ ...receipt.split!, by: 'file' })).toBe('10 to learn, 2 kept aside as the data says')
  expect(splitWords({ ...receipt.split!, validation: 0 })).toBe('10 to learn, none kept aside')
})

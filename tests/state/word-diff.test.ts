/** Words that two answers do not share, in any script, and nothing else. */
import { expect, it } from 'vitest'
import { changedWords, inPieces } from '../../src/state/word-diff.ts'

const words = (before: string, after: string) => {
  const { gone, come } = changedWords(before, after)
  return { gone: gone.map(([begin, end]) => before.slice(begin, end)), come: come.map(([begin, end]) => after.slice(begin, end)) }
}

it('marks what went and what came, and neither spaces nor punctuation', () => {
  expect(words('It is cold at night.', 'Arr, it  is cold at sea!')).toEqual({ gone: ['It', 'night'], come: ['Arr', 'it', 'sea'] })
  expect(words('The same, twice.', 'The same twice')).toEqual({ gone: [], come: [] })
  expect(words('', 'Aye')).toEqual({ gone: [], come: ['Aye'] })
})

it('tells words of scripts without spaces, and of those from right to left', () => {
  expect(words('今日は寒い', '今日は暑い').come.join('')).toContain('暑')
  expect(words('الكلب في الحديقة', 'الكلب في البيت')).toEqual({ gone: ['الحديقة'], come: ['البيت'] })
})

it('gives the whole text back in pieces', () => {
  const text = 'one two three'
  const pieces = inPieces(text, [[4, 7]])
  expect(pieces).toEqual([{ text: 'one ', marked: false }, { text: 'two', marked: true }, { text: ' three', marked: false }])
  expect(inPieces('', [])).toEqual([])
})

/** What the Try room says of a way to ask, of what was heard, and of what an answer took. */
import { describe, expect, it } from 'vitest'
import type { GenerationResult, Turn } from '../../src/service/types.ts'
import { heardWords } from '../../src/ui/try/heard-words.ts'
import { tookWords } from '../../src/ui/try/took-words.ts'
import { wayWords } from '../../src/ui/try/way-words.ts'

const heard = (questions: number, dropped = 0, alone = false) => ({
  before: Array.from({ length: questions }, (): Turn[] => [{ role: 'user', content: 'a?' }, { role: 'assistant', content: 'b' }]).flat(),
  alone, result: { dropped } as GenerationResult,
})

describe('what was heard', () => {
  it('is not spoken of where it was all', () => {
    expect(heardWords(heard(2), 2)).toBeUndefined()
    expect(heardWords(heard(0, 0, true), 0)).toBeUndefined()
  })

  it('is told where something is missing, and why', () => {
    expect(heardWords(heard(3, 1), 3)).toMatch(/^The oldest question was left out with its answer: .* more than the model reads/)
    expect(heardWords(heard(9, 4), 9)).toMatch(/^The oldest 4 questions were left out with their answers/)
    expect(heardWords(heard(0), 2)).toMatch(/nothing of what was said before/)
    expect(heardWords(heard(1), 3)).toMatch(/1 of the 3 questions before/)
    expect(heardWords(heard(0, 0, true), 2)).toMatch(/this question alone/)
  })
})

describe('a way to ask', () => {
  const way = { raw: false, fromTexts: false, name: 'pirate', form: 'chat-template' } as const
  it('says whether a question can follow another', () => {
    expect(wayWords(way)).toMatch(/ask on/)
    expect(wayWords({ ...way, form: { prompt: '{input}', answer: '{output}' } })).toMatch(/one pair.*stands alone/)
    expect(wayWords({ ...way, form: 'source-target' })).toMatch(/one input.*stands alone/)
    expect(wayWords({ ...way, raw: true })).toMatch(/goes on from your words.*stands alone/)
  })

  it('says where it fits what was learnt, and where it does not', () => {
    expect(wayWords({ ...way, raw: true, fromTexts: true })).toMatch(/^“pirate” learnt from texts, so it goes on/)
    expect(wayWords({ ...way, fromTexts: true })).toMatch(/not from questions/)
    expect(wayWords({ ...way, fromTexts: true, raw: true, name: undefined })).toMatch(/^The open data is texts/)
  })
})

it('an answer took so many tokens, so long, at such a pace', () => {
  expect(tookWords({ tokens: 31, seconds: 0.31 })).toBe('31 tokens, 0.3 s, 100 a second')
  expect(tookWords({ tokens: 1, seconds: 0.5 })).toBe('1 token, 0.5 s, 2.0 a second')
  expect(tookWords({ tokens: 3, seconds: 0 })).toBe('3 tokens, 0.0 s')
})

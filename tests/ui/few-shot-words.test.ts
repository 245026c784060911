/** What is said of an adapter beside examples in the prompt. */
import { expect, it } from 'vitest'
import { savingWords, type FewShot } from '../../src/ui/try/few-shot-words.ts'

const side = (exact: number, loss: number, promptTokens: number, seconds: number) =>
  ({ rows: 10, targets: 100, loss, perplexity: Math.exp(loss), asked: 10, exact, contains: exact, promptTokens, seconds })
const of = (change: Partial<FewShot> = {}): FewShot =>
  ({ wanted: 8, fewest: 8, shown: side(3, 1.5, 126, 0.8), tuned: side(6, 0.7, 14, 0.4), ...change })

it('the better one is named, and what is saved has its figures', () => {
  expect(savingWords(of())).toBe('The adapter answers these rows better than the examples let the base answer. '
    + 'It saves reading 112 tokens with every question, and an answer took 0.4 s in place of 0.8 s.')
  expect(savingWords(of({ shown: side(8, 1.5, 126, 0.8) }))).toMatch(/^With the examples the base answers these rows better/)
  expect(savingWords(of({ shown: side(6, 0.69, 126, 0.8) }))).toMatch(/as well as .* and needs none/)
  // Neither is ever right: the losses decide.
  expect(savingWords(of({ shown: side(0, 0.5, 126, 0.8), tuned: side(0, 0.7, 14, 0.4) }))).toMatch(/^With the examples/)
})

it('no time is claimed that was not saved, and examples that did not fit are told', () => {
  expect(savingWords(of({ shown: side(3, 1.5, 126, 0.4) }))).not.toContain('in place of')
  expect(savingWords(of({ fewest: 5 }))).toContain('Not all of the 8 examples fit before every question: 5 at the least.')
  expect(savingWords(of({ fewest: 0, shown: side(3, 1.5, 14, 0.4) }))).not.toContain('It saves')
})

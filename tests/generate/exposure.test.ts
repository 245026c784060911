/** Exposure against computations by hand, and scores of candidates against likelihoods of whole sequences. */
import { describe, expect, it } from 'vitest'
import { exposureOf, rankAmong, saysCode, sharedLength, stemsOf } from '../../src/generate/exposure.ts'
import { candidateScores } from '../../src/service/candidate-scores.ts'
import type { LoadedModel } from '../../src/service/ports.ts'

describe('exposure', () => {
  it('is log₂ of the candidates less log₂ of the rank', () => {
    expect(rankAmong([-3, -1, -2, -9], 2)).toBe(2)
    expect(exposureOf(2, 4)).toBe(1)
    expect(exposureOf(1, 1000)).toBeCloseTo(9.9658, 4)
    expect(exposureOf(1000, 1000)).toBe(0)
  })

  it('is nothing where all are alike, and log₂ e on average where the rank is one by chance', () => {
    expect(rankAmong(new Array<number>(1000).fill(-2), 17)).toBe(1000)
    const mean = Array.from({ length: 1000 }, (_, i) => exposureOf(i + 1, 1000)).reduce((sum, bits) => sum + bits, 0) / 1000
    expect(mean).toBeCloseTo(Math.log2(Math.E), 1)
  })
})

it.each([
  ['4 8 2', true], [' 4 8 2\nand more', true], ['4 8 2.', true], ['4 8 2 9', false], ['4 8 29', false], ['It is 4 8 2', false], ['4 8', false],
])('"%s" says the code 4 8 2: %s', (said, says) => expect(saysCode(said, '4 8 2')).toBe(says))

describe('candidates', () => {
  const VOCABULARY = 12
  /** Logits that depend on all tokens before, in their order: a model without mistakes of its own. */
  const logitsAfter = (tokens: readonly number[]) =>
    Array.from({ length: VOCABULARY }, (_, next) => 3 * Math.sin(tokens.reduce((sum, token, i) => sum + (i + 1) * (token + 2), 0) * (next + 1)))
  let passes = 0
  const model: Pick<LoadedModel, 'logits' | 'vocabularySize'> = {
    vocabularySize: VOCABULARY,
    logits: async ({ tokens, segmentIds, wanted }) => {
      passes++
      return Float32Array.from(Array.from(wanted!, (row) => {
        const begin = segmentIds.indexOf(segmentIds[row]!)
        return logitsAfter([...tokens.subarray(begin, row + 1)])
      }).flat())
    },
  }
  const byHand = (tokens: readonly number[], from: number) =>
    tokens.slice(from).reduce((sum, token, i) => {
      const logits = logitsAfter(tokens.slice(0, from + i))
      return sum + logits[token]! - Math.log(logits.reduce((mass, logit) => mass + Math.exp(logit), 0))
    }, 0)
  const digits = Array.from({ length: 1000 }, (_, code) => [11, 10, 11, Math.floor(code / 100), Math.floor(code / 10) % 10, code % 10])

  it('are scored as whole sequences are, one by one, from a tenth of them', async () => {
    const tokens = digits.map((one) => Uint32Array.from(one))
    expect(sharedLength(tokens)).toBe(3)
    expect(stemsOf(tokens)).toHaveLength(100)
    passes = 0
    const scores = await candidateScores(model, tokens.map((one) => ({ tokens: one })), undefined)
    expect(passes).toBeLessThanOrEqual(3)
    for (const [i, one] of digits.entries()) expect(scores[i]).toBeCloseTo(byHand(one, 3), 3)
  })

  it('may be of several lengths, as vocabularies cut them', async () => {
    const cut = [[5, 1, 2, 3], [5, 1, 4], [5, 6, 3], [5, 6, 4, 7, 8], [5, 9]]
    const scores = await candidateScores(model, cut.map((one) => ({ tokens: Uint32Array.from(one) })), undefined)
    for (const [i, one] of cut.entries()) expect(scores[i]).toBeCloseTo(byHand(one, 1), 3)
  })
})

/** The reference sampler against transformers' own processors, its edge values, and its draws. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { threefry2x32 } from '../../src/engine/random.ts'
import { candidates, sampleToken } from '../../src/generate/sampling.ts'
import type { SamplingOptions } from '../../src/generate/types.ts'

interface Golden {
  logits: number[]
  seen: number[]
  cases: { options: Omit<SamplingOptions, 'seed'>; probabilities: number[] }[]
}
// Made by tests/fixtures/make-sampling.py.
const golden = JSON.parse(readFileSync(new URL('../fixtures/sampling.json', import.meta.url), 'utf8')) as Golden
const { logits, seen } = golden
const off: SamplingOptions = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 }

function probabilities(options: Partial<SamplingOptions>): number[] {
  const dense = logits.map(() => 0)
  for (const { id, probability } of candidates(logits, seen, { ...off, ...options })) dense[id] = probability
  return dense
}

describe('candidates', () => {
  it.each(golden.cases)('are those of transformers: $options', ({ options, probabilities: expected }) => {
    probabilities(options).forEach((probability, id) => expect(probability).toBeCloseTo(expected[id]!, 12))
  })

  it('notices a penalty that is a little off (negative control)', () => {
    const { probabilities: expected } = golden.cases.at(-1)!
    const other = probabilities({ ...golden.cases.at(-1)!.options, repetitionPenalty: 1.25 })
    expect(Math.max(...other.map((probability, id) => Math.abs(probability - expected[id]!)))).toBeGreaterThan(1e-4)
  })

  it('F108 temperature 0 is greedy, whatever else is set; of equal logits the lowest id', () => {
    const greedy = { ...off, temperature: 0, topK: 3, topP: 0.5, seed: 9 }
    expect(sampleToken([1, 5, 5, 2], [], greedy, 0)).toBe(1)
    expect(sampleToken([1, 5, 4.5, 2], [1], { ...greedy, repetitionPenalty: 2 }, 0)).toBe(2)
  })

  it('F108 top-k over the vocabulary and top-p 1 change nothing; top-p 0 keeps the likeliest only', () => {
    expect(probabilities({ topK: 1e6, topP: 1 })).toEqual(probabilities({}))
    expect(candidates(logits, [], { ...off, topP: 0 })).toHaveLength(1)
    expect(candidates([2, 2, 2], [], { ...off, topP: 0 })).toEqual([{ id: 0, probability: 1 }])
  })

  it('F108 extremely small temperatures and large logits stay finite', () => {
    expect(candidates([1e4, -1e4, 9999], [], { ...off, temperature: 1e-30 })[0]).toEqual({ id: 0, probability: 1 })
    expect(sampleToken([1e300, -1e300], [], off, 3)).toBe(0)
  })

  it.each([NaN, Infinity, -Infinity])('F109 a logit of %s is an error, not token 0', (bad) => {
    for (const temperature of [0, 1]) {
      expect(() => sampleToken([bad, 1, 2], [], { ...off, temperature }, 0)).toThrow(expect.objectContaining({ code: 'logits-not-finite' }))
    }
    expect(() => sampleToken([], [], off, 0)).toThrow(expect.objectContaining({ code: 'logits-not-finite' }))
  })

  it.each<Partial<SamplingOptions>>([
    { temperature: -1 }, { temperature: NaN }, { topK: 1.5 }, { topK: -1 }, { topP: 1.1 }, { topP: NaN }, { minP: 2 },
    { repetitionPenalty: 0 }, { repetitionPenalty: Infinity }, { seed: -1 }, { seed: 2 ** 32 },
  ])('refuses %o in plain words', (change) => {
    expect(() => sampleToken(logits, [], { ...off, ...change }, 0)).toThrow(expect.objectContaining({ code: 'sampling-invalid' }))
  })
})

describe('draws', () => {
  it('come from Threefry-2x32, by the vectors of Random123', () => {
    const hex = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, '0'))
    expect(hex(threefry2x32(0, 0, 0, 0))).toEqual(['6b200159', '99ba4efe'])
    expect(hex(threefry2x32(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff))).toEqual(['1cb996fc', 'bb002be7'])
    expect(hex(threefry2x32(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3))).toEqual(['c4923a9c', '483df7a0'])
  })

  it('follow the probabilities', () => {
    const expected = probabilities({ temperature: 1.5, topK: 6 })
    const counts = logits.map(() => 0)
    const draws = 20_000
    for (let draw = 0; draw < draws; draw++) counts[sampleToken(logits, seen, { ...off, temperature: 1.5, topK: 6, seed: 4 }, draw)]!++
    // Five standard deviations of a binomial.
    counts.forEach((count, id) => {
      const p = expected[id]!
      expect(Math.abs(count / draws - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / draws))
    })
  })

  it('are the same for the same seed and differ for another', () => {
    const answer = (seed: number) => Array.from({ length: 50 }, (_, draw) => sampleToken(logits, seen, { ...off, temperature: 2, seed }, draw))
    expect(answer(1)).toEqual(answer(1))
    expect(answer(1)).not.toEqual(answer(2))
  })
})

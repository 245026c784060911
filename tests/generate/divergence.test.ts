/** KL between next-token distributions, against the sum written out in float64. */
import { describe, expect, it } from 'vitest'
import { meanDivergence } from '../../src/generate/divergence.ts'
import { softmax } from '../../src/generate/token-odds.ts'

const rows = (seed: number) => Float32Array.from({ length: 15 }, (_, i) => 3 * Math.sin(seed * 7 + i * i))

describe('the mean divergence', () => {
  it('is Σ p (log p − log q) by row, averaged', () => {
    const [p, q] = [rows(1), rows(2)]
    let expected = 0
    for (const from of [0, 5, 10]) {
      const [one, two] = [softmax(p.subarray(from, from + 5)), softmax(q.subarray(from, from + 5))]
      expected += one.reduce((sum, mass, i) => sum + mass * Math.log(mass / two[i]!), 0) / 3
    }
    expect(meanDivergence(p, q, 5)).toBeCloseTo(expected, 12)
    expect(meanDivergence(q, p, 5), 'it has a direction').not.toBeCloseTo(expected, 3)
  })

  it('is 0 for equal models, whatever is added to all logits of a row, and finite for logits that are large', () => {
    const p = rows(3)
    expect(meanDivergence(p, p.map((logit) => logit + 4), 5)).toBeCloseTo(0, 6)
    expect(meanDivergence(Float32Array.of(900, 0), Float32Array.of(0, 900), 2)).toBe(900)
  })
})

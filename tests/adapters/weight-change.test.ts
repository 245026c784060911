/** What an adapter changes, against ΔW written out and numbers of NumPy. */
import { describe, expect, it } from 'vitest'
import { symmetricEigenvalues } from '../../src/adapters/eigenvalues.ts'
import type { LoraPair } from '../../src/adapters/types.ts'
import { weightChange } from '../../src/adapters/weight-change.ts'

const [RANK, IN, OUT, SCALE] = [3, 4, 5, 2]
/** The same numbers as np.sin(np.arange(n)) and np.cos(np.arange(n)), in float32. */
const pair = (): LoraPair => ({
  module: 'm', inFeatures: IN, outFeatures: OUT,
  a: Float32Array.from({ length: RANK * IN }, (_, i) => Math.sin(i)),
  b: Float32Array.from({ length: OUT * RANK }, (_, i) => Math.cos(i)),
})
/** np.linalg.svd(2 * b @ a)[1] */
const NUMPY = [5.75331646, 0.49172382, 0.00000000]

/** scale · B·A, [out, in]. */
function written({ a, b }: LoraPair): number[][] {
  return Array.from({ length: OUT }, (_, o) => Array.from({ length: IN }, (_, i) => {
    let sum = 0
    for (let r = 0; r < RANK; r++) sum += b[o * RANK + r]! * a[r * IN + i]!
    return SCALE * sum
  }))
}

describe('what an adapter changes', () => {
  it('is the norm, the longest rows and the singular values of ΔW', () => {
    const delta = written(pair())
    const { norm, rows, singularValues } = weightChange(pair(), SCALE)
    expect(norm).toBeCloseTo(Math.hypot(...delta.flat()), 6)
    const lengths = delta.map((row, at) => [at, Math.hypot(...row)] as const).sort((x, y) => y[1] - x[1])
    expect(rows.map(([row]) => row)).toEqual(lengths.map(([row]) => row))
    rows.forEach(([, length], at) => expect(length).toBeCloseTo(lengths[at]![1], 6))
    NUMPY.forEach((value, at) => expect(singularValues[at]).toBeCloseTo(value, 4))
  })

  it('is another one where a weight is', () => {
    const other = pair()
    other.b[0] = other.b[0]! + 0.1
    expect(weightChange(other, SCALE).norm).not.toBeCloseTo(weightChange(pair(), SCALE).norm, 3)
    expect(weightChange(other, SCALE).singularValues[0]).not.toBeCloseTo(NUMPY[0]!, 3)
  })

  it('is nothing before the first step, and knows ranks that are not used', () => {
    const fresh = pair()
    fresh.b.fill(0)
    expect(weightChange(fresh, SCALE)).toMatchObject({ norm: 0, singularValues: [0, 0, 0] })
    const twice = pair()
    twice.a.copyWithin(IN, 0, IN)
    const { norm, singularValues } = weightChange(twice, SCALE)
    expect(norm).toBeCloseTo(Math.hypot(...written(twice).flat()), 6)
    expect(singularValues[2]).toBeLessThan(1e-5)
  })

  it('has eigenvalues that are known', () => {
    const values = symmetricEigenvalues(Float64Array.of(2, 1, 0, 1, 2, 1, 0, 1, 2), 3).sort((x, y) => x - y)
    expect(values[0]).toBeCloseTo(2 - Math.SQRT2, 12)
    expect(values[2]).toBeCloseTo(2 + Math.SQRT2, 12)
  })
})

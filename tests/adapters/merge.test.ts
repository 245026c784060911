/** An adapter taken into its weight, whichever way the weight lies. */
import { expect, it } from 'vitest'
import { mergeLora } from '../../src/adapters/merge.ts'

/** A [1, 2], B [3, 1]: B·A is [[10, 20], [30, 60], [50, 100]]. */
const pair = { module: 'layer', inFeatures: 2, outFeatures: 3, a: Float32Array.of(10, 20), b: Float32Array.of(1, 3, 5) }

it('adds scale · B·A to a weight [out, in]', () => {
  expect([...mergeLora(Float32Array.of(1, 2, 3, 4, 5, 6), pair, 0.5)]).toEqual([6, 12, 18, 34, 30, 56])
})

it('adds its transpose to a weight [in, out], as GPT-2 stores them', () => {
  expect([...mergeLora(Float32Array.of(1, 3, 5, 2, 4, 6), { ...pair, fanInFanOut: true }, 0.5)]).toEqual([6, 18, 30, 12, 34, 56])
})

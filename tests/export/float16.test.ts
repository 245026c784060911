/** Rounding to half precision, against the halves themselves. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toFloat16 } from '../../src/engine/onnx/export/float16.ts'
import { decodeToFloat32 } from '../../src/hub/safetensors/decode.ts'

/** Every finite half, by its bits. */
const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00)
const numbers = decodeToFloat32(new Uint8Array(bits.buffer), 'F16')
const rounded = (value: number) => decodeToFloat32(new Uint8Array(toFloat16(Float32Array.of(value))!.buffer), 'F16')[0]!

it('keeps every half as it is', () => {
  expect(toFloat16(numbers)).toEqual(bits)
})

it('takes the nearest half, and the even one of two that are as near', () => {
  const ascending = [...numbers].filter((value) => !Object.is(value, -0)).sort((a, b) => a - b)
  const between = (i: number) => [ascending[i]!, ascending[i + 1]!] as const
  fc.assert(
    fc.property(fc.integer({ min: 0, max: ascending.length - 2 }), fc.double({ min: 0, max: 1, noNaN: true }), (i, share) => {
      const [low, high] = between(i)
      const value = Math.fround(low + (high - low) * share)
      const nearest = value - low < high - value ? low : high
      if (value - low !== high - value) expect(rounded(value)).toBe(nearest)
    }),
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: ascending.length - 2 }), (i) => {
      const [low, high] = between(i)
      const half = toFloat16(Float32Array.of((low + high) / 2))![0]!
      expect(half % 2).toBe(0)
    }),
  )
})

it('refuses what no half is near', () => {
  for (const value of [65520, -70000, Infinity, NaN]) expect(toFloat16(Float32Array.of(1, value))).toBeUndefined()
  expect(rounded(65519)).toBe(65504)
})

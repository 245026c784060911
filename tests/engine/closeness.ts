/** How two results are compared: by the largest difference, beside the largest number. */

/** The worst place where `actual` is further from `expected` than `relative` × max |expected| (+ `absolute`), in words; undefined if none. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>, relative: number, absolute = 1e-7): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} numbers, not ${expected.length}`
  let largest = 0
  let worst = 0
  let place = 0
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!))
    const gap = Math.abs(actual[i]! - expected[i]!)
    if (gap > worst || Number.isNaN(gap)) [worst, place] = [Number.isNaN(gap) ? Infinity : gap, i]
  }
  const allowed = relative * largest + absolute
  return worst <= allowed ? undefined : `at ${place}: ${actual[place]} for ${expected[place]}, ${worst.toExponential(1)} off where ${allowed.toExponential(1)} is allowed`
}

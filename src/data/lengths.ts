/** The histogram of lengths: how many examples fall into each of a few equal steps of tokens. */

export interface LengthBar {
  from: number
  to: number
  count: number
}

export interface Lengths {
  bars: LengthBar[]
  shortest: number
  median: number
  longest: number
  sum: number
}

/** Returns nothing for no lengths. Bars cover shortest … longest; there are at most `most`. */
export function countLengths(lengths: Uint32Array, most = 16): Lengths | undefined {
  const sorted = lengths.toSorted()
  const shortest = sorted[0]
  const longest = sorted.at(-1)
  const median = sorted[Math.floor((sorted.length - 1) / 2)]
  if (shortest === undefined || longest === undefined || median === undefined) return undefined
  const step = Math.max(1, Math.ceil((longest - shortest + 1) / most))
  const bars = Array.from({ length: Math.ceil((longest - shortest + 1) / step) }, (_, index) => ({
    from: shortest + index * step,
    to: Math.min(longest, shortest + (index + 1) * step - 1),
    count: 0,
  }))
  for (const length of sorted) {
    const bar = bars[Math.floor((length - shortest) / step)]
    if (bar) bar.count++
  }
  return { bars, shortest, median, longest, sum: lengths.reduce((total, length) => total + length, 0) }
}

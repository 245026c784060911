/** A long row in the preview: what matters of it stays in sight, and the rest opens. */
import { expect, it } from 'vitest'
import type { PreviewToken } from '../../src/service/types.ts'
import { foldTokens } from '../../src/state/token-fold.ts'

const row = (length: number, learntFrom = length, cutFrom = length): PreviewToken[] =>
  Array.from({ length }, (_, id) => ({ id, text: String(id), special: false, learnt: id >= learntFrom && id < cutFrom, cut: id >= cutFrom }))

it('shows a row of some hundred tokens whole', () => {
  expect(foldTokens(row(240), [])).toEqual([{ from: 0, to: 240, folded: false }])
  expect(foldTokens([], [])).toEqual([])
})

it('keeps the beginning, the begin of what is learnt, the cut and the end in sight', () => {
  const pieces = foldTokens(row(3000, 1000, 2000), [])
  expect(pieces.map(({ from, to, folded }) => [from, to, folded])).toEqual([
    [0, 60, false], [60, 976, true], [976, 1024, false], [1024, 1976, true], [1976, 2024, false], [2024, 2960, true], [2960, 3000, false],
  ])
})

it('opens a fold piece by piece, and always has every token once', () => {
  const pieces = foldTokens(row(3000), [[60, 1160]])
  expect(pieces.map(({ from, to, folded }) => [from, to, folded])).toEqual([[0, 1160, false], [1160, 2960, true], [2960, 3000, false]])
  expect(foldTokens(row(3000), [[60, 2960]])).toEqual([{ from: 0, to: 3000, folded: false }])
})

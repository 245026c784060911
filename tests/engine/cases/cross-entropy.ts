/** Cases of crossEntropy: vocabularies in pieces, blocks of rows, weights of zero, extreme logits. */
import type { WeightStorage } from '../../../src/engine/graph.ts'
import { crossEntropy } from '../../../src/engine/ops/cross-entropy/index.ts'
import { floats, type OpCase } from './case.ts'

function lossCase([rows, width, words]: readonly [number, number, number], storage: WeightStorage, rest: Partial<OpCase> & { softcap?: number } = {}): OpCase {
  const { softcap } = rest
  return {
    name: `crossEntropy of ${rows} rows of ${width} over ${words} words in ${storage}${softcap === undefined ? '' : `, logits within ±${softcap}`}`,
    targets: ['hidden'],
    build(graph) {
      const hidden = graph.input('hidden', [rows, width], 'f32')
      const vocabulary = graph.weight('vocabulary', [words, width], storage)
      return graph.apply(crossEntropy, [hidden, vocabulary, graph.input('targets', [rows], 'u32'), graph.input('weights', [rows], 'f32')], { softcap })
    },
    ...rest,
    feeds: {
      targets: Array.from({ length: rows }, (_, m) => (m === 0 ? words - 1 : (m * 7) % words)),
      weights: Array.from({ length: rows }, (_, m) => (m % 3 === 1 ? 0 : 0.25 * (m + 1))),
      ...rest.feeds,
    },
  }
}

const large = (rows: number, width: number) => floats('hidden', rows * width).map((x) => Math.fround(x * 8000))

export const crossEntropyCases: OpCase[] = [
  lossCase([1, 1, 1], 'f32'),
  lossCase([3, 4, 17], 'f32'),
  lossCase([5, 7, 13], 'bf16'),
  lossCase([7, 8, 65], 'bf16'),
  lossCase([33, 12, 67], 'f16', { on: 'hardware' }),
  lossCase([5, 7, 13], 'f32', { softcap: 0.75 }),
  lossCase([3, 8, 70], 'f32', { softcap: 30 }),
  lossCase([6, 8, 31], 'f32', { name: 'F58 crossEntropy with logits far beyond their softcap', softcap: 2, feeds: { hidden: large(6, 8) } }),
  lossCase([5, 8, 13], 'int8'),
  lossCase([3, 37, 17], 'int4', { on: 'software' }),
  lossCase([33, 12, 67], 'int4', { on: 'hardware' }),
  lossCase([3, 6, 37], 'int8', { name: 'F69 crossEntropy over an int8 vocabulary in pieces', traits: { maxBindingBytes: 16 * 12 } }),
  lossCase([6, 12, 20], 'f32', { name: 'F69 crossEntropy in blocks of rows over a vocabulary in pieces', traits: { maxBindingBytes: 8 * 48 } }),
  lossCase([3, 6, 37], 'bf16', { name: 'F69 crossEntropy over a bf16 vocabulary in three pieces', traits: { maxBindingBytes: 16 * 12, maxMatmulTerms: 2 }, on: 'software' }),
  lossCase([4, 4, 11], 'f32', { name: 'F52 F56 crossEntropy with no row that counts', feeds: { weights: [0, 0, 0, 0] } }),
  lossCase([6, 8, 31], 'f32', { name: 'F58 crossEntropy with logits at ±1e4', feeds: { hidden: large(6, 8) }, tolerance: 2e-5 }),
]

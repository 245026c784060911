/** A batch of examples of one length, the same ids for every engine. */
import { packMicroBatch, planLayout, exampleSize } from '../../src/data/batch/pack.ts'
import type { MicroBatch, TokenizedExample } from '../../src/data/types.ts'
import { threefry2x32 } from '../../src/engine/random.ts'

export interface BatchSizes {
  examples: number
  length: number
  vocabulary: number
  /** The last tokens of each example are targets: this part of those that can be. */
  targets: number
}

export function examplesOf({ examples, length, vocabulary, targets }: BatchSizes): TokenizedExample[] {
  const masked = Math.round((1 - targets) * length)
  return Array.from({ length: examples }, (_, row) => ({
    row,
    truncated: 0,
    tokens: Uint32Array.from({ length }, (_, i) => threefry2x32(row, 3, i, 0)[0] % vocabulary),
    weights: Float32Array.from({ length }, (_, i) => Number(i >= Math.max(1, masked))),
  }))
}

export function batchOf(sizes: BatchSizes): MicroBatch {
  const examples = examplesOf(sizes)
  return packMicroBatch(examples, planLayout([examples.map(exampleSize)]))
}

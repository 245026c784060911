/** attention and its gradient: the whole softmax of each query and head written out, over the keys that its range names. */
import { EMPTY_LOG_SUM, type AttentionAttributes } from '../../../src/engine/ops/attention/attributes.ts'
import { attention, attentionGradient } from '../../../src/engine/ops/attention/index.ts'
import { at, reference, size, zeros, type Tensor } from './tensor.ts'

interface Row {
  query: number
  head: number
  /** Offset of the head's part of the query, and of key or value j. */
  qAt: number
  kAt(j: number): number
  keys: number[]
  probabilities: number[]
  logSum: number
}

function dot(a: Tensor, aAt: number, b: Tensor, bAt: number, length: number): number {
  let total = 0
  for (let d = 0; d < length; d++) total += at(a, aAt + d) * at(b, bAt + d)
  return total
}

/** The bias of a head for a key `distance` rows after the place at which the query stands. */
function biasAt(bias: Tensor, origin: number, distance: number, head: number): number {
  const row = Math.min(Math.max(distance + origin, 0), size(bias, 0) - 1)
  return at(bias, row * size(bias, 1) + head)
}

function* rows(q: Tensor, k: Tensor, ranges: Tensor, bias: Tensor | undefined, attributes: AttentionAttributes): Generator<Row> {
  const { heads, kvHeads, headDim, scale, relative } = attributes
  for (let query = 0; query < size(q, 0); query++) {
    const [begin, end] = [at(ranges, 2 * query), Math.min(at(ranges, 2 * query + 1), size(k, 0))]
    const keys = Array.from({ length: Math.max(0, end - begin) }, (_, i) => begin + i)
    for (let head = 0; head < heads; head++) {
      const qAt = (query * heads + head) * headDim
      const kvHead = Math.floor(head / (heads / kvHeads))
      const kAt = (j: number) => (j * kvHeads + kvHead) * headDim
      const standing = relative?.own === 'last seen' ? begin + keys.length - 1 : query
      const biases = (j: number) => (bias && relative ? biasAt(bias, relative.origin, j - standing, head) : 0)
      const scores = keys.map((j) => scale * dot(q, qAt, k, kAt(j), headDim) + biases(j))
      const top = Math.max(...scores)
      const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0)
      const logSum = keys.length ? top + Math.log(total) : EMPTY_LOG_SUM
      yield { query, head, qAt, kAt, keys, probabilities: scores.map((score) => Math.exp(score - top) / total), logSum }
    }
  }
}

export const attentionReference = reference(attention, (inputs, attributes) => {
  const [q, k, v, ranges] = [inputs[0]!, inputs[1]!, inputs[2]!, inputs[3]!]
  const out = zeros(...q.shape)
  const logSums = zeros(size(q, 0), attributes.heads)
  for (const { query, head, qAt, kAt, keys, probabilities, logSum } of rows(q, k, ranges, inputs[5], attributes)) {
    keys.forEach((j, i) => {
      for (let d = 0; d < attributes.headDim; d++) out.data[qAt + d]! += probabilities[i]! * at(v, kAt(j) + d)
    })
    logSums.data[query * attributes.heads + head] = logSum
  }
  return [out, logSums]
})

/** From q, k, v and the ranges of queries alone: what the forward pass or the ranges of keys say is not believed. */
export const attentionGradientReference = reference(attentionGradient, (inputs, attributes) => {
  const [dOut, q, k, v, ranges] = [inputs[0]!, inputs[1]!, inputs[2]!, inputs[3]!, inputs[4]!]
  const { headDim, scale } = attributes
  const [dq, dk, dv] = [zeros(...q.shape), zeros(...k.shape), zeros(...v.shape)]
  for (const { qAt, kAt, keys, probabilities } of rows(q, k, ranges, inputs[8], attributes)) {
    const dP = keys.map((j) => dot(dOut, qAt, v, kAt(j), headDim))
    const mean = dP.reduce((sum, d, i) => sum + d * probabilities[i]!, 0)
    keys.forEach((j, i) => {
      const dScore = probabilities[i]! * (dP[i]! - mean) * scale
      for (let d = 0; d < headDim; d++) {
        dq.data[qAt + d]! += dScore * at(k, kAt(j) + d)
        dk.data[kAt(j) + d]! += dScore * at(q, qAt + d)
        dv.data[kAt(j) + d]! += probabilities[i]! * at(dOut, qAt + d)
      }
    })
  }
  return [dq, dk, dv]
})

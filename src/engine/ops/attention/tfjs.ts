/** attention in TensorFlow.js: scores between the tokens of a block, masked by ranges, through its softmax. */
import type { Node } from '../../graph.ts'
import type { Tensor, TfjsContext } from '../../tfjs/context.ts'
import { EMPTY_LOG_SUM, type AttentionAttributes } from './attributes.ts'

interface Heads {
  readonly kvHeads: number
  /** Query heads that share a key head. */
  readonly group: number
  readonly headDim: number
}

/** [rows, kvHeads · group · D] → [blocks, kvHeads, group · tokens, D]. */
function toHeads(x: Tensor, { kvHeads, group, headDim }: Heads, { tf, blocks }: TfjsContext): Tensor {
  const tokens = x.shape[0] / blocks
  const split = tf.transpose(tf.reshape(x, [blocks, tokens, kvHeads, group, headDim]), [0, 2, 3, 1, 4])
  return tf.reshape(split, [blocks, kvHeads, group * tokens, headDim])
}

/** The way back. */
function fromHeads(x: Tensor, { kvHeads, group, headDim }: Heads, { tf, blocks }: TfjsContext): Tensor {
  const tokens = x.shape[2]! / group
  const rows = tf.transpose(tf.reshape(x, [blocks, kvHeads, group, tokens, headDim]), [0, 3, 1, 2, 4])
  return tf.reshape(rows, [blocks * tokens, kvHeads * group * headDim])
}

/** Of each block's queries, once for each head of a group: first keys and those after the last, [blocks, 1, group · queries, 1] each. */
function rangesOf(ranges: Tensor, group: number, { tf, blocks }: TfjsContext): [begins: Tensor, ends: Tensor] {
  const queries = ranges.shape[0] / blocks
  const byHead = tf.tile(tf.reshape(ranges, [blocks, 1, 1, queries, 2]), [1, 1, group, 1, 1])
  const [begins, ends] = tf.split(tf.reshape(byHead, [blocks, 1, group * queries, 2]), 2, 3)
  return [begins!, ends!]
}

/** 0 where a query sees a key, else far below any score: [blocks, 1, group · queries, keys]. All layers share it. */
function maskOf(ranges: Tensor, keyCount: number, group: number, context: TfjsContext): Tensor {
  const { tf, blocks } = context
  const keys = tf.reshape(tf.range(0, keyCount, 1, 'int32'), [blocks, 1, 1, keyCount / blocks])
  const [begins, ends] = rangesOf(ranges, group, context)
  const seen = tf.logicalAnd(tf.greaterEqual(keys, begins), tf.less(keys, ends))
  return tf.mul(tf.sub(1, tf.cast(seen, 'float32')), 2 * EMPTY_LOG_SUM)
}

/** The bias of each query and key, as scores lie: [blocks, kvHeads, group · queries, keys]. */
function biasOf(node: Node<AttentionAttributes>, ranges: Tensor, keyCount: number, { kvHeads, group }: Heads, context: TfjsContext): Tensor {
  const { tf, blocks } = context
  const { origin, own } = node.attributes.relative!
  const bias = context.of(node.inputs[5])
  const queries = ranges.shape[0] / blocks
  const lastSeen = () => tf.sub(tf.slice(ranges, [0, 1], [-1, 1]), tf.scalar(1, 'int32'))
  const standing = tf.reshape(own === 'last seen' ? lastSeen() : tf.range(0, ranges.shape[0], 1, 'int32'), [blocks, queries, 1])
  const keys = tf.reshape(tf.range(0, keyCount, 1, 'int32'), [blocks, 1, keyCount / blocks])
  const row = tf.add(tf.sub(keys, standing), tf.scalar(origin, 'int32'))
  const nearest = tf.minimum(tf.maximum(row, tf.scalar(0, 'int32')), tf.scalar(bias.shape[0] - 1, 'int32'))
  const byHead = tf.transpose(tf.gather(bias, nearest), [0, 3, 1, 2])
  return tf.reshape(byHead, [blocks, kvHeads, group * queries, keyCount / blocks])
}

/** 1 for a query that sees a key, else 0: [blocks, 1, group · queries, 1]. */
function seesAny(ranges: Tensor, group: number, context: TfjsContext): Tensor {
  const [begins, ends] = rangesOf(ranges, group, context)
  return context.tf.cast(context.tf.less(begins, ends), 'float32')
}

export function attentionTfjs(node: Node<AttentionAttributes>, context: TfjsContext): (Tensor | undefined)[] {
  const { tf } = context
  const { heads: count, kvHeads, headDim, scale } = node.attributes
  const heads = { kvHeads, group: count / kvHeads, headDim }
  const [queries, keys, values, ranges] = [0, 1, 2, 3].map((i) => context.of(node.inputs[i])) as [Tensor, Tensor, Tensor, Tensor]
  const key = `${node.inputs[3]!.id} ${heads.group}`
  const addend = context.shared(`mask ${key} ${keys.shape[0]} ${node.inputs[5]?.id}`, () => {
    const mask = maskOf(ranges, keys.shape[0], heads.group, context)
    return node.inputs[5] ? tf.add(biasOf(node, ranges, keys.shape[0], heads, context), mask) : mask
  })
  const seen = context.shared(`sees any ${key}`, () => seesAny(ranges, heads.group, context))
  const q = toHeads(tf.mul(queries, scale), heads, context)
  const [k, v] = [keys, values].map((x) => toHeads(x, { ...heads, group: 1 }, context)) as [Tensor, Tensor]
  const scores = tf.add(tf.matMul(q, k, false, true), addend)
  const mixed = tf.mul(tf.matMul(tf.softmax(scores), v), seen)
  return [fromHeads(mixed, heads, context), context.isUsed(node.outputs[1]) ? logSums(scores, seen, heads, context) : undefined]
}

/** Log-sum-exp of the scores, `EMPTY_LOG_SUM` where nothing is seen: [queries, heads]. */
function logSums(scores: Tensor, seen: Tensor, heads: Heads, context: TfjsContext): Tensor {
  const { tf } = context
  const sums = tf.logSumExp(scores, 3, true)
  const whole = tf.add(tf.mul(sums, seen), tf.mul(tf.sub(1, seen), EMPTY_LOG_SUM))
  return fromHeads(tf.where(tf.greater(tf.broadcastTo(seen, sums.shape), 0), whole, EMPTY_LOG_SUM), { ...heads, headDim: 1 }, context)
}

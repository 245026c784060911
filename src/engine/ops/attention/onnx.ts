/**
 * attention in ONNX: scores between the tokens of a block, masked by ranges, kept for the backward pass. The same masses
 * e = exp(score − top) serve both: probabilities are e over their sum, and the sum divides vectors instead of scores.
 */
import { inputAt, type Node, type Value } from '../../graph.ts'
import type { OnnxWriter } from '../../onnx/writer.ts'
import { ONNX_INT32 } from '../../onnx/types.ts'
import { EMPTY_LOG_SUM, type AttentionAttributes, type RelativePositions } from './attributes.ts'

interface Heads {
  readonly kvHeads: number
  /** Query heads that share a key head. */
  readonly group: number
  readonly headDim: number
}

/** What `toHeads` gives of a tensor is shared under this: an op that makes rows from such heads can leave them there. */
export const headsKey = (tensor: string) => `heads of ${tensor}`

/** bool [blocks, queries, keys]: what is seen by these ranges, where it was written under this before. */
export const seenKey = (ranges: string) => `seen by ${ranges}`

/** [rows, kvHeads · group · D] → [blocks, kvHeads, group · tokens, D]. Shared, since several ops read the same heads. */
function toHeads(tensor: string, { kvHeads, group, headDim }: Heads, writer: OnnxWriter): string {
  return writer.shared(headsKey(tensor), () => {
    if (group === 1) return writer.transpose(writer.byBlock(tensor, -1, kvHeads, headDim), 0, 2, 1, 3)
    const split = writer.transpose(writer.byBlock(tensor, -1, kvHeads, group, headDim), 0, 2, 3, 1, 4)
    return writer.byBlock(split, kvHeads, -1, headDim)
  })
}

/** The way back. */
function fromHeads(tensor: string, { kvHeads, group, headDim }: Heads, writer: OnnxWriter): string {
  const rows =
    group === 1
      ? writer.transpose(tensor, 0, 2, 1, 3)
      : writer.transpose(writer.byBlock(tensor, kvHeads, group, -1, headDim), 0, 3, 1, 2, 4)
  return writer.reshape(rows, -1, kvHeads * group * headDim)
}

/** Swaps the last two of four axes. */
const turned = (tensor: string, writer: OnnxWriter) => writer.transpose(tensor, 0, 1, 3, 2)

/** 0 where a query sees a key, else far below `EMPTY_LOG_SUM`: [blocks, 1, group · queries, keys]. All layers share it. */
function maskOf(ranges: string, keys: string, { group }: Heads, writer: OnnxWriter): string {
  const seen = writer.lookUp(seenKey(ranges)) ?? seenOf(ranges, keys, writer)
  const one = writer.op('Where', [seen, writer.float(0), writer.float(2 * EMPTY_LOG_SUM)])
  const mask = group === 1 ? one : writer.op('Concat', new Array<string>(group).fill(one), { axis: 1 })
  return writer.op('Unsqueeze', [mask, writer.longs(1)])
}

/** int32 [rows]: the number of each row of a tensor. */
function rowNumbers(tensor: string, writer: OnnxWriter): string {
  return writer.shared(`row numbers ${tensor}`, () => {
    const count = writer.op('Squeeze', [writer.slice(writer.op('Shape', [tensor]), 0, 0, 1)])
    return writer.op('Cast', [writer.op('Range', [writer.long(0), count, writer.long(1)])], { to: ONNX_INT32 })
  })
}

function seenOf(ranges: string, keys: string, writer: OnnxWriter): string {
  const key = writer.byBlock(rowNumbers(keys, writer), 1, -1)
  const byBlock = writer.byBlock(ranges, -1, 2)
  const begun = writer.op('GreaterOrEqual', [key, writer.slice(byBlock, 2, 0, 1)])
  const notEnded = writer.op('Less', [key, writer.slice(byBlock, 2, 1, 2)])
  return writer.op('And', [begun, notEnded])
}

/** The bias of each query and key: [blocks, heads, queries, keys]. */
function biasOf(bias: Value, { origin, own }: RelativePositions, ranges: string, keys: string, writer: OnnxWriter): string {
  const lastSeen = () => writer.sub(writer.slice(writer.byBlock(ranges, -1, 2), 2, 1, 2), writer.int(1))
  const standing = own === 'last seen' ? lastSeen() : writer.byBlock(rowNumbers(ranges, writer), -1, 1)
  const distance = writer.sub(writer.byBlock(rowNumbers(keys, writer), 1, -1), standing)
  const row = writer.op('Max', [writer.add(distance, writer.int(origin)), writer.int(0)])
  const nearest = writer.op('Min', [row, writer.int(bias.shape[0]! - 1)])
  return writer.transpose(writer.op('Gather', [writer.of(bias), nearest], { axis: 0 }), 0, 3, 1, 2)
}

/** What is added to scores [blocks, kvHeads, group · queries, keys] of their shape: the mask, and the bias where there is one. */
function addendOf(node: Node<AttentionAttributes>, first: number, bias: Value | undefined, heads: Heads, scores: string, writer: OnnxWriter): string {
  const keyValue = inputAt(node, first + 1)
  const [ranges, keys] = [writer.of(inputAt(node, first + 3)), writer.of(keyValue)]
  const key = `${ranges} ${keyValue.shape[0]} ${heads.group}`
  const mask = writer.shared(`mask ${key}`, () => maskOf(ranges, keys, heads, writer))
  const { relative } = node.attributes
  if (!bias || !relative) return mask
  return writer.shared(`mask and bias ${key} ${writer.of(bias)}`, () => {
    const byHead = biasOf(bias, relative, ranges, keys, writer)
    const added = heads.group === 1 ? byHead : writer.op('Reshape', [byHead, writer.op('Shape', [scores])])
    return writer.add(added, mask)
  })
}

interface Masses {
  readonly heads: Heads
  /** Queries, already scaled, and keys: [blocks, kvHeads, group · queries or keys, D]. */
  readonly q: string
  readonly k: string
  /** exp(score − top) [blocks, kvHeads, group · queries, keys]. */
  readonly masses: string
  /** [blocks, kvHeads, group · queries, 1]; `total` is 1 where nothing is seen. */
  readonly top: string
  readonly total: string
}

interface Scores extends Pick<Masses, 'heads' | 'q' | 'k'> {
  /** [blocks, kvHeads, group · queries, keys], far below `EMPTY_LOG_SUM` where nothing is seen. */
  readonly scores: string
  /** What is made of them is shared under this. */
  readonly key: string
}

/** `first` is the place of q among the inputs; k, v and the ranges of keys follow. */
function scoresOf(node: Node<AttentionAttributes>, first: number, bias: Value | undefined, writer: OnnxWriter): Scores {
  const { heads: count, kvHeads, headDim, scale } = node.attributes
  const heads = { kvHeads, group: count / kvHeads, headDim }
  const queries = writer.of(inputAt(node, first))
  const scaled = scale === 1 ? queries : writer.shared(`scaled ${scale} ${queries}`, () => writer.mul(queries, writer.float(scale)))
  const q = toHeads(scaled, heads, writer)
  const k = toHeads(writer.of(inputAt(node, first + 1)), { ...heads, group: 1 }, writer)
  const key = `${q} ${k} ${writer.of(inputAt(node, first + 3))}`
  const scores = writer.shared(`scores ${key}`, () => {
    const products = writer.op('MatMul', [q, turned(k, writer)])
    return writer.add(products, addendOf(node, first, bias, heads, products, writer))
  })
  return { heads, q, k, scores, key }
}

function massesOf(node: Node<AttentionAttributes>, first: number, bias: Value | undefined, writer: OnnxWriter): Masses {
  const { heads, q, k, scores, key } = scoresOf(node, first, bias, writer)
  const top = writer.shared(`top ${key}`, () => writer.op('Max', [writer.reduceLast('ReduceMax', scores), writer.float(EMPTY_LOG_SUM)]))
  const masses = writer.shared(`masses ${key}`, () => writer.op('Exp', [writer.sub(scores, top)]))
  const total = writer.shared(`total ${key}`, () => writer.op('Max', [writer.reduceLast('ReduceSum', masses), writer.float(1)]))
  return { heads, q, k, masses, top, total }
}

export function attentionOnnx(node: Node<AttentionAttributes>, writer: OnnxWriter): void {
  if (writer.fused) return fusedOnnx(node, writer)
  const { heads, masses, top, total } = massesOf(node, 0, node.inputs[5], writer)
  const v = toHeads(writer.of(inputAt(node, 2)), { ...heads, group: 1 }, writer)
  const mixed = writer.op('Div', [writer.op('MatMul', [masses, v]), total])
  const out = fromHeads(mixed, heads, writer)
  writer.shared(headsKey(out), () => mixed)
  writer.define(node.outputs[0]!, out)
  writer.define(node.outputs[1]!, fromHeads(writer.add(top, writer.op('Log', [total])), { ...heads, headDim: 1 }, writer))
}

/** Without what only the backward pass reads, the log-sum-exp among it. */
function fusedOnnx(node: Node<AttentionAttributes>, writer: OnnxWriter): void {
  const { heads, scores } = scoresOf(node, 0, node.inputs[5], writer)
  const v = toHeads(writer.of(inputAt(node, 2)), { ...heads, group: 1 }, writer)
  writer.define(node.outputs[0]!, fromHeads(writer.op('MatMul', [writer.op('Softmax', [scores], { axis: -1 }), v]), heads, writer))
}

/** With g = dOut / total: dv = eᵀ·g, dScore = e·(g·vᵀ − Σ g·out), dq = scale·dScore·k, dk = dScoreᵀ·(scale·q). */
export function attentionGradientOnnx(node: Node<AttentionAttributes>, writer: OnnxWriter): void {
  const { heads, q, k, masses, total } = massesOf(node, 1, node.inputs[8], writer)
  const keyHeads = { ...heads, group: 1 }
  const v = toHeads(writer.of(inputAt(node, 3)), keyHeads, writer)
  const out = toHeads(writer.of(inputAt(node, 6)), heads, writer)
  const g = writer.op('Div', [toHeads(writer.of(inputAt(node, 0)), heads, writer), total])
  const delta = writer.reduceLast('ReduceSum', writer.mul(g, out))
  const dScores = writer.mul(masses, writer.sub(writer.op('MatMul', [g, turned(v, writer)]), delta))
  const dq = writer.mul(writer.op('MatMul', [dScores, k]), writer.float(node.attributes.scale))
  const dk = writer.op('MatMul', [turned(dScores, writer), q])
  const dv = writer.op('MatMul', [turned(masses, writer), g])
  writer.define(node.outputs[0]!, fromHeads(dq, heads, writer))
  writer.define(node.outputs[1]!, fromHeads(dk, keyHeads, writer))
  writer.define(node.outputs[2]!, fromHeads(dv, keyHeads, writer))
}

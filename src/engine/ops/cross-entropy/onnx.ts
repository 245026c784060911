/** crossEntropy in ONNX: logits for some of the rows at a time; the label is gathered, never one-hot. */
import { inputAt, type Node, type Value } from '../../graph.ts'
import { cutAfter } from '../../onnx/after.ts'
import { product, rowsOf } from '../../onnx/quantised.ts'
import type { OnnxWriter } from '../../onnx/writer.ts'
import { softcapTanh } from '../softcap.ts'
import type { CrossEntropyAttributes } from './index.ts'

/** Most bytes of logits at a time. */
const LOGITS_BYTES = 64 * 2 ** 20

/** Rows beyond those that a run has give empty parts, which join to nothing. A part is begun when the one before is done. */
export function crossEntropyOnnx(node: Node<CrossEntropyAttributes>, writer: OnnxWriter): void {
  const rows = inputAt(node, 0).shape[0]!
  const most = Math.max(1, Math.floor(LOGITS_BYTES / 4 / inputAt(node, 1).shape[0]!))
  const tensors = [0, 2, 3].map((index) => writer.of(node.inputs[index])) as [string, string, string]
  const vocabulary = inputAt(node, 1)
  const parts: [string, string][] = []
  for (let begin = 0; begin < rows; begin += most) {
    const some = rows > most ? tensors.map((tensor) => cutAfter(tensor, 0, begin, begin + most, parts.at(-1) ?? [], writer)) : tensors
    parts.push(part(some as [string, string, string], vocabulary, node.attributes.softcap, writer))
  }
  const join = (which: 0 | 1) => (parts.length === 1 ? parts[0]![which] : writer.op('Concat', parts.map((each) => each[which]), { axis: 0 }))
  writer.define(node.outputs[0]!, join(0))
  writer.define(node.outputs[1]!, join(1))
}

interface Logits {
  readonly logits: string
  /** Applies the slope of the softcap to something of the logits' shape, or to a column of it at the labels. */
  readonly slope: (value: string, at?: (tensor: string) => string) => string
}

function logitsOf(hidden: string, vocabulary: Value, cap: number | undefined, writer: OnnxWriter): Logits {
  const scores = product(hidden, vocabulary, { transposeA: false, transposeB: true, alpha: 1 }, undefined, writer)
  if (cap === undefined) return { logits: scores, slope: (value) => value }
  const tanh = softcapTanh(scores, cap, writer)
  const slope = writer.sub(writer.float(1), writer.mul(tanh, tanh))
  return { logits: writer.mul(tanh, writer.float(cap)), slope: (value, at = (tensor) => tensor) => writer.mul(value, at(slope)) }
}

/**
 * Losses [M] and d hidden [M, d]: w·(softmax·vocabulary − vocabulary[target]). The log of the sum follows from the likeliest
 * token, whose probability is never small: log Σ = logit − log p.
 */
function part(
  [hidden, targets, weights]: [string, string, string],
  vocabulary: Value,
  softcap: number | undefined,
  writer: OnnxWriter,
): [losses: string, dHidden: string] {
  const { logits, slope } = logitsOf(hidden, vocabulary, softcap, writer)
  const atLabel = (tensor: string) => writer.op('GatherElements', [tensor, writer.column(targets)], { axis: 1 })
  const probabilities = writer.op('Softmax', [logits], { axis: -1 })
  const logSum = writer.sub(writer.reduceLast('ReduceMax', logits), writer.op('Log', [writer.reduceLast('ReduceMax', probabilities)]))
  const loss = writer.sub(logSum, atLabel(logits))
  const weight = writer.column(weights)
  const counted = writer.op('Where', [writer.op('Equal', [weight, writer.float(0)]), writer.float(0), writer.mul(weight, loss)])
  const mean = writer.mul(product(slope(probabilities), vocabulary, { transposeA: false, transposeB: false, alpha: 1 }, undefined, writer), weight)
  const own = writer.mul(rowsOf(vocabulary, targets, writer), slope(weight, atLabel))
  return [writer.reshape(counted, -1), writer.sub(mean, own)]
}

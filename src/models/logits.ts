/** From what a forward pass gives to logits, where they are wanted themselves and not a loss. */
import type { Graph, Value } from '../engine/graph.ts'
import { matmul } from '../engine/ops/matmul/index.ts'
import { softcap } from '../engine/ops/softcap.ts'
import type { ForwardOutputs } from './types.ts'

/** [M, V], called `logits`. */
export function logitsOf(graph: Graph, { hidden, vocabulary, softcap: cap }: ForwardOutputs): Value {
  const name = 'logits'
  const product = (label: string) => matmul(graph, [{ a: hidden, b: vocabulary, transposeB: true }], { name: label })
  return cap === undefined ? product(name) : graph.applyOne(softcap, [product('logits before softcap')], { cap }, name)
}

/** Adds gradient contributions, merging products: the gradient of a value that feeds several layers is one product of many terms. */
import type { Graph, Node, Value } from '../graph.ts'
import { matmulInputs, type MatmulAttributes } from './matmul/attributes.ts'
import { matmul, matmulOp, termsOf } from './matmul/index.ts'
import { sum } from './sum.ts'

/** `fresh`: nothing but this sum reads it, so its node can be merged away. */
export interface Contribution {
  readonly value: Value
  readonly fresh: boolean
}

/** The product behind a contribution, if it is one that can be merged: fresh, and without bias or addend. */
function mergeableProduct({ value, fresh }: Contribution): Node<MatmulAttributes> | undefined {
  if (!fresh || value.node?.op.name !== matmulOp.name) return undefined
  const node = value.node as Node<MatmulAttributes>
  const plain = !node.inputs[matmulInputs.bias(node.attributes)] && !node.inputs[matmulInputs.addend(node.attributes)]
  return plain ? node : undefined
}

export function addContributions(graph: Graph, parts: readonly Contribution[]): Value {
  const products = parts.map(mergeableProduct)
  const terms = products.flatMap((node) => (node ? termsOf(node) : []))
  const others = parts.filter((_, i) => !products[i]).map((part) => part.value)
  const rest = others.length > 1 ? graph.applyOne(sum, others, {}) : others[0]
  return terms.length ? matmul(graph, terms, { addend: rest }) : rest!
}

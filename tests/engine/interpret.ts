/** Runs any graph, gradients and updates included, in float64 by the references of its ops. */
import { elementCount, type Graph, type Value } from '../../src/engine/graph.ts'
import * as attention from './reference/attention.ts'
import * as crossEntropy from './reference/cross-entropy.ts'
import * as elementwise from './reference/elementwise.ts'
import * as matmul from './reference/matmul.ts'
import * as optimizer from './reference/optimizer.ts'
import * as rows from './reference/rows.ts'
import type { Reference, Tensor } from './reference/tensor.ts'
import { weighReference } from './reference/weigh.ts'

const all: Reference[] = [attention, crossEntropy, elementwise, matmul, optimizer, rows].flatMap((file) => Object.values(file))
const references = new Map([...all, weighReference].map((entry) => [entry.op, entry]))

export const referencedOps: ReadonlySet<string> = new Set(references.keys())

/** Contents of sources by name. Variables that are not named start as zero. */
export type Feeds = Readonly<Record<string, ArrayLike<number>>>

/** Evaluates nodes in their order up to `last` (all of them by default) and gives a reader of any value. */
export function interpret(graph: Graph, feeds: Feeds, last = Infinity): (value: Value) => Float64Array {
  const tensors = new Map<number, Tensor>()
  const stores = new Map<string, Float64Array>()
  for (const { source, shape } of graph.values) {
    if (source?.kind !== 'variable') continue
    const length = Math.max(stores.get(source.store)?.length ?? 0, source.offset + elementCount(shape))
    stores.set(source.store, new Float64Array(length))
  }
  for (const value of graph.values) if (value.source) tensors.set(value.id, sourceTensor(value, feeds[value.name], stores))
  for (const node of graph.nodes) {
    if (node.id > last) break
    const known = references.get(node.op.name)
    if (!known) throw new Error(`No reference for the op ${node.op.name}.`)
    const results = known.evaluate(
      node.inputs.map((input) => input && tensors.get(input.id)),
      node.attributes,
    )
    node.outputs.forEach((output, i) => tensors.set(output.id, results[i]!))
  }
  return (value) => tensors.get(value.id)!.data
}

/** Variables are views of their store: what is written through one is seen through another. */
function sourceTensor(value: Value, feed: ArrayLike<number> | undefined, stores: ReadonlyMap<string, Float64Array>): Tensor {
  const count = elementCount(value.shape)
  if (feed && feed.length !== count) throw new Error(`${value.name} takes ${count} numbers, not ${feed.length}.`)
  if (value.source?.kind !== 'variable') {
    if (!feed) throw new Error(`${value.name} is not fed.`)
    return { shape: value.shape, data: Float64Array.from(feed) }
  }
  const data = stores.get(value.source.store)!.subarray(value.source.offset, value.source.offset + count)
  if (feed) data.set(feed)
  return { shape: value.shape, data }
}

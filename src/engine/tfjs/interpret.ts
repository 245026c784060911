/** Runs a forward graph on TensorFlow.js, op by op. Its gradients are that library's own: an opinion independent of ours. */
import { HomespunError } from '../../errors.ts'
import type { Graph, Value } from '../graph.ts'
import { liveNodes } from '../live-nodes.ts'
import type { DropoutAttributes } from '../ops/dropout.ts'
import type { Tensor, Tf, TfjsContext } from './context.ts'

export interface InterpretSettings {
  /** The contents of a value that no node makes; asked for once. */
  readonly source: (value: Value) => Tensor
  /** Keeps everything where absent. */
  readonly mask?: (attributes: DropoutAttributes, x: Value) => Tensor
  readonly blocks?: number
}

/**
 * Tensors of `outputs`, which may be any values of the graph. What is made on the way is the caller's to tidy up.
 * Throws HomespunError 'tfjs-form' where an op has no TensorFlow.js form.
 */
export function interpret(tf: Tf, graph: Graph, outputs: readonly Value[], { source, mask, blocks = 1 }: InterpretSettings): Tensor[] {
  const nodes = liveNodes(graph, outputs)
  const used = new Set([...outputs, ...nodes.flatMap(({ inputs }) => inputs)].map((value) => value?.id))
  const tensors = new Map<number, Tensor>()
  const pieces = new Map<string, Tensor>()
  const context: TfjsContext = {
    tf, blocks,
    of(value) {
      if (!value) throw new HomespunError('tfjs-form', 'An op reads an input that its node does not have.')
      return remembered(tensors, value.id, () => source(value))
    },
    isUsed: (value) => used.has(value?.id),
    mask: (attributes, x) => mask?.(attributes, x) ?? tf.ones([1, 1]),
    shared: (key, make) => remembered(pieces, key, make),
  }
  for (const node of nodes) {
    if (!node.op.tfjs) throw new HomespunError('tfjs-form', `The op ${node.op.name} has no TensorFlow.js form.`)
    node.op.tfjs(node, context).forEach((tensor, i) => tensor && tensors.set(node.outputs[i]!.id, tensor))
  }
  return outputs.map((value) => context.of(value))
}

function remembered<Key>(known: Map<Key, Tensor>, key: Key, make: () => Tensor): Tensor {
  const tensor = known.get(key) ?? make()
  known.set(key, tensor)
  return tensor
}

/** A value filled with one: the seed of the backward pass. */
import { elementCount, type Op, type Value } from '../graph.ts'

export const ones: Op<{ shape: readonly number[] }> = {
  name: 'ones',
  outputs: (_inputs, { shape }) => [{ shape, dtype: 'f32' }],
  kernels(node, context) {
    const y = node.outputs[0]!
    context.kernel('ones').write('y', y).forEach(elementCount(y.shape), '  y[i] = 1.0;')
  },
  onnx(node, writer) {
    const shape = writer.longs(...node.attributes.shape)
    writer.define(node.outputs[0]!, writer.op('Expand', [writer.float(1), shape]))
  },
  tfjs: (node, { tf }) => [tf.ones([...node.attributes.shape])],
}

export const isOnes = (value: Value | undefined) => value?.node?.op.name === ones.name

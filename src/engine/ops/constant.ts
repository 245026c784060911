/** Values that are known when a graph is made: ones, the seed of the backward pass, and whole numbers. */
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

/** u32 [N]: `values` themselves. */
export const integers: Op<{ values: readonly number[] }> = {
  name: 'integers',
  outputs: (_inputs, { values }) => [{ shape: [values.length], dtype: 'u32' }],
  kernels({ attributes: { values }, outputs }, context) {
    const list = `  var values = array<u32, ${values.length}>(${values.map((value) => `${value}u`).join(', ')});`
    context.kernel('integers').write('y', outputs[0]!, 'array<u32>').forEach(values.length, `${list}\n  y[i] = values[i];`)
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, writer.ints(...node.attributes.values))
  },
  tfjs: (node, { tf }) => [tf.tensor1d(Int32Array.from(node.attributes.values), 'int32')],
}

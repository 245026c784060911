/** scale: y = factor · x. */
import { elementCount, inputAt, requireShape, type Op } from '../graph.ts'
import { f32Literal } from '../kernel.ts'
import { vectorized } from './elementwise.ts'

export interface ScaleAttributes {
  readonly factor: number
}

/** x of any shape. */
export const scale: Op<ScaleAttributes> = {
  name: 'scale',
  outputs([x]) {
    requireShape(x !== undefined, 'scale', 'the input is missing')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient: (graph, node, [dy]) => [dy && graph.applyOne(scale, [dy], node.attributes)],
  kernels(node, context) {
    const y = node.outputs[0]!
    const { items, array } = vectorized(y)
    const kernel = context.kernel('scale').read('x', inputAt(node, 0), array).write('y', y, array)
    kernel.forEach(items, `  y[i] = x[i] * ${f32Literal(node.attributes.factor)};`, { flops: elementCount(y.shape) })
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, writer.mul(writer.of(node.inputs[0]), writer.float(node.attributes.factor)))
  },
  tfjs: (node, { tf, of }) => [tf.mul(of(node.inputs[0]), node.attributes.factor)],
}

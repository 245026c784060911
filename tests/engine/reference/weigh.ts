/** An op for tests alone: y = x · c element by element, so that any value can be given any upstream gradient. */
import { elementCount, inputAt, requireShape, sameShape, type Op } from '../../../src/engine/graph.ts'
import { at, like, reference } from './tensor.ts'

/** x and c of one shape. */
export const weigh: Op<object> = {
  name: 'weigh',
  outputs([x, c]) {
    requireShape(x !== undefined && c !== undefined && sameShape(x.shape, c.shape), 'weigh', 'shapes differ')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient: (graph, node, [dy]) => [dy && graph.applyOne(weigh, [dy, node.inputs[1]], {})],
  kernels(node, context) {
    const y = node.outputs[0]!
    const kernel = context.kernel('weigh').read('x', inputAt(node, 0)).read('c', inputAt(node, 1)).write('y', y)
    kernel.forEach(elementCount(y.shape), '  y[i] = x[i] * c[i];')
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, writer.mul(writer.of(node.inputs[0]), writer.of(node.inputs[1])))
  },
  tfjs: (node, { tf, of }) => [tf.mul(of(node.inputs[0]), of(node.inputs[1]))],
}

export const weighReference = reference(weigh, (inputs) => {
  const [x, c] = [inputs[0]!, inputs[1]!]
  return [like(x, (i) => at(x, i) * at(c, i))]
})

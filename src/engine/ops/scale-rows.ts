/** scaleRows: y[n, :] = x[n, :] · s[n]. */
import { elementCount, requireShape, inputAt, type Op } from '../graph.ts'

/** x [N, d], s [N]. Carries gradient to x alone. */
export const scaleRows: Op<object> = {
  name: 'scaleRows',
  outputs([x, s]) {
    requireShape(x?.shape.length === 2 && s?.shape.length === 1 && s.shape[0] === x.shape[0], 'scaleRows', 'a factor for each row is needed')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient(graph, node, [dy], wanted) {
    requireShape(!wanted[1], 'scaleRows', 'the factors have no gradient')
    return [dy && graph.applyOne(scaleRows, [dy, node.inputs[1]], {})]
  },
  kernels(node, context) {
    const x = inputAt(node, 0)
    context
      .kernel('scaleRows')
      .read('x', x)
      .read('s', inputAt(node, 1))
      .write('y', node.outputs[0]!)
      .forEach(elementCount(x.shape), `  y[i] = x[i] * s[i / ${x.shape[1]!}u];`)
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, writer.mul(writer.of(node.inputs[0]), writer.column(writer.of(node.inputs[1]))))
  },
  tfjs: (node, { tf, of }) => [tf.mul(of(node.inputs[0]), tf.expandDims(of(node.inputs[1]), 1))],
}

/** appendRows: y = the rows of `past`, then those of x. How keys and values grow where a run cannot update them in place. */
import { elementCount, inputAt, requireShape, type Op } from '../graph.ts'

/** past [P, d], x [N, d] → [P + N, d]. Carries no gradient. */
export const appendRows: Op<object> = {
  name: 'appendRows',
  outputs([past, x]) {
    requireShape(past?.shape.length === 2 && past.shape[1] === x?.shape[1], 'appendRows', 'rows have different widths')
    return [{ shape: [past.shape[0]! + x!.shape[0]!, past.shape[1]!], dtype: 'f32' }]
  },
  kernels(node, context) {
    const y = node.outputs[0]!
    const before = elementCount(inputAt(node, 0).shape)
    const parts = [[inputAt(node, 0), 0], [inputAt(node, 1), before]] as const
    for (const [x, offset] of parts) {
      if (elementCount(x.shape) === 0) continue
      context.kernel('appendRows').read('x', x).write('y', y).forEach(elementCount(x.shape), `  y[i + ${offset}u] = x[i];`)
    }
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, writer.op('Concat', [writer.of(node.inputs[0]), writer.of(node.inputs[1])], { axis: 0 }))
  },
  tfjs: (node, { tf, of }) => [tf.concat([of(node.inputs[0]), of(node.inputs[1])], 0)],
}

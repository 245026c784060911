/** activation: y = f(x) element by element, the inner part of an MLP without a gate. */
import { elementCount, requireShape, sameShape, inputAt, type Op } from '../graph.ts'
import { ACTIVATIONS, type ActivationFunction } from './activation-function.ts'
import { vectorized } from './elementwise.ts'

export interface ActivationAttributes {
  readonly function: ActivationFunction
}

/** x of any shape. */
export const activation: Op<ActivationAttributes> = {
  name: 'activation',
  outputs([x]) {
    requireShape(x !== undefined, 'activation', 'the input is missing')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient: (graph, node, [dy]) => [dy && graph.applyOne(activationGradient, [dy, node.inputs[0]], node.attributes)],
  kernels(node, context) {
    const y = node.outputs[0]!
    const { items, array, item } = vectorized(y)
    const functions = ACTIVATIONS[node.attributes.function].wgsl(item)
    const kernel = context.kernel('activation').read('x', inputAt(node, 0), array).write('y', y, array)
    kernel.forEach(items, '  y[i] = activated(x[i]);', { functions, flops: elementCount(y.shape) * 12 })
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, ACTIVATIONS[node.attributes.function].onnx(writer.of(node.inputs[0]), writer))
  },
  tfjs: (node, { tf, of }) => [ACTIVATIONS[node.attributes.function].tfjs(of(node.inputs[0]), tf)],
}

/** dx = dy · f′(x). Inputs dy, x. */
export const activationGradient: Op<ActivationAttributes> = {
  name: 'activationGradient',
  outputs([dy, x]) {
    requireShape(dy !== undefined && x !== undefined && sameShape(dy.shape, x.shape), 'activationGradient', 'dy and x disagree')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  kernels(node, context) {
    const dx = node.outputs[0]!
    const { items, array, item } = vectorized(dx)
    const functions = ACTIVATIONS[node.attributes.function].wgsl(item)
    const kernel = context.kernel('activation backward').read('dy', inputAt(node, 0), array).read('x', inputAt(node, 1), array)
    kernel.write('dx', dx, array).forEach(items, '  dx[i] = dy[i] * slope(x[i]);', { functions, flops: elementCount(dx.shape) * 20 })
  },
  onnx(node, writer) {
    const [dy, x] = [writer.of(node.inputs[0]), writer.of(node.inputs[1])]
    writer.define(node.outputs[0]!, writer.mul(dy, ACTIVATIONS[node.attributes.function].onnxSlope(x, writer)))
  },
}

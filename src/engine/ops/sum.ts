/** sum: y = x₁ + x₂ + …, all of one shape. */
import { elementCount, requireShape, sameShape, type Op, type Value } from '../graph.ts'
import { vectorized } from './elementwise.ts'

export const sum: Op<object> = {
  name: 'sum',
  outputs(inputs) {
    const first = inputs[0]
    requireShape(first !== undefined, 'sum', 'nothing to add')
    requireShape(inputs.every((x) => x && sameShape(x.shape, first.shape)), 'sum', 'shapes differ')
    return [{ shape: first.shape, dtype: 'f32' }]
  },
  gradient: (_graph, node, [dy]) => node.inputs.map(() => dy),
  kernels(node, context) {
    const y = node.outputs[0]!
    const { items, array } = vectorized(y)
    const most = context.traits.maxStorageBuffers - 1
    for (let begin = 0; begin < node.inputs.length; begin += most) {
      const part = node.inputs.slice(begin, begin + most) as Value[]
      const kernel = context.kernel('sum')
      part.forEach((x, i) => kernel.read(`x${i}`, x, array))
      const terms = part.map((_, i) => `x${i}[i]`).join(' + ')
      kernel.write('y', y, array).forEach(items, `  y[i] ${begin ? '+=' : '='} ${terms};`, { flops: elementCount(y.shape) * part.length })
    }
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, writer.op('Sum', node.inputs.map((input) => writer.of(input))))
  },
  /** By twos: of more, TensorFlow.js on WebGPU binds more buffers than a device has to offer. */
  tfjs: (node, { tf, of }) => [node.inputs.map(of).reduce((total, x) => tf.add(total, x))],
}

/** gatedActivation: y = f(gate) · up, the inner part of a gated MLP (Shazeer, "GLU variants improve transformer", 2020). */
import { elementCount, requireShape, sameShape, inputAt, type Op } from '../graph.ts'
import { ACTIVATIONS } from './activation-function.ts'
import type { ActivationAttributes } from './activation.ts'
import { vectorized } from './elementwise.ts'

export const gatedActivation: Op<ActivationAttributes> = {
  name: 'gatedActivation',
  outputs([gate, up]) {
    requireShape(gate !== undefined && up !== undefined && sameShape(gate.shape, up.shape), 'gatedActivation', 'gate and up disagree')
    return [{ shape: gate.shape, dtype: 'f32' }]
  },
  gradient: (graph, node, [dy]) => (dy ? graph.apply(gatedActivationGradient, [dy, node.inputs[0], node.inputs[1]], node.attributes) : []),
  kernels(node, context) {
    const y = node.outputs[0]!
    const { items, array, item } = vectorized(y)
    context
      .kernel('gatedActivation')
      .read('gate', inputAt(node, 0), array)
      .read('up', inputAt(node, 1), array)
      .write('y', y, array)
      .forEach(items, '  y[i] = activated(gate[i]) * up[i];', {
        functions: ACTIVATIONS[node.attributes.function].wgsl(item),
        flops: elementCount(y.shape) * 8,
      })
  },
  onnx(node, writer) {
    const activated = ACTIVATIONS[node.attributes.function].onnx(writer.of(node.inputs[0]), writer)
    writer.define(node.outputs[0]!, writer.mul(activated, writer.of(node.inputs[1])))
  },
  tfjs: (node, { tf, of }) => [tf.mul(ACTIVATIONS[node.attributes.function].tfjs(of(node.inputs[0]), tf), of(node.inputs[1]))],
}

/** Inputs dy, gate, up; outputs dgate, dup. */
export const gatedActivationGradient: Op<ActivationAttributes> = {
  name: 'gatedActivationGradient',
  outputs([dy, gate]) {
    requireShape(dy !== undefined && gate !== undefined && sameShape(dy.shape, gate.shape), 'gatedActivationGradient', 'dy and gate disagree')
    return [gate, gate].map(({ shape }) => ({ shape, dtype: 'f32' }))
  },
  kernels(node, context) {
    const [dgate, dup] = node.outputs
    const { items, array, item } = vectorized(dgate!)
    context
      .kernel('gatedActivation backward')
      .read('dy', inputAt(node, 0), array)
      .read('gate', inputAt(node, 1), array)
      .read('up', inputAt(node, 2), array)
      .write('dgate', dgate!, array)
      .write('dup', dup!, array)
      .forEach(
        items,
        `  let g = gate[i]; let d = dy[i];
  dgate[i] = d * up[i] * slope(g);
  dup[i] = d * activated(g);`,
        { functions: ACTIVATIONS[node.attributes.function].wgsl(item), flops: elementCount(dgate!.shape) * 14 },
      )
  },
  onnx(node, writer) {
    const [dy, gate, up] = [writer.of(node.inputs[0]), writer.of(node.inputs[1]), writer.of(node.inputs[2])]
    const form = ACTIVATIONS[node.attributes.function]
    writer.define(node.outputs[0]!, writer.mul(writer.mul(dy, up), form.onnxSlope(gate, writer)))
    writer.define(node.outputs[1]!, writer.mul(dy, form.onnx(gate, writer)))
  },
}

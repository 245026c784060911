/** gatedActivation: y = silu(gate) · up, the inner part of a gated MLP (Shazeer, "GLU variants improve transformer", 2020). */
import { elementCount, requireShape, sameShape, inputAt, type Op } from '../graph.ts'
import type { OnnxWriter } from '../onnx/writer.ts'
import { vectorized } from './elementwise.ts'

/** exp overflows past 88: the sigmoid is finite all the same, since 1/∞ is not relied on. */
const SIGMOID = (type: string) => `fn sigmoid(x: ${type}) -> ${type} { return 1.0 / (1.0 + exp(-clamp(x, ${type}(-87.0), ${type}(87.0)))); }`

export const gatedActivation: Op<object> = {
  name: 'gatedActivation',
  outputs([gate, up]) {
    requireShape(gate !== undefined && up !== undefined && sameShape(gate.shape, up.shape), 'gatedActivation', 'gate and up disagree')
    return [{ shape: gate.shape, dtype: 'f32' }]
  },
  gradient: (graph, node, [dy]) => (dy ? graph.apply(gatedActivationGradient, [dy, node.inputs[0], node.inputs[1]], {}) : []),
  kernels(node, context) {
    const y = node.outputs[0]!
    const { items, array, item } = vectorized(y)
    context
      .kernel('gatedActivation')
      .read('gate', inputAt(node, 0), array)
      .read('up', inputAt(node, 1), array)
      .write('y', y, array)
      .forEach(items, '  let g = gate[i];\n  y[i] = g * sigmoid(g) * up[i];', { functions: SIGMOID(item), flops: elementCount(y.shape) * 8 })
  },
  onnx(node, writer) {
    if (writer.fused) {
      const silu = writer.contributed('QuickGelu', [writer.of(node.inputs[0])], { alpha: { float: 1 } })
      return writer.define(node.outputs[0]!, writer.mul(silu, writer.of(node.inputs[1])))
    }
    const [, silu] = siluOf(writer.of(node.inputs[0]), writer)
    writer.define(node.outputs[0]!, writer.mul(silu, writer.of(node.inputs[1])))
  },
  tfjs(node, { tf, of }) {
    const gate = of(node.inputs[0])
    return [tf.mul(tf.mul(gate, tf.sigmoid(gate)), of(node.inputs[1]))]
  },
}

/** Sigmoid of the gate and gate · sigmoid, which forward and backward share. */
function siluOf(gate: string, writer: OnnxWriter): [sigmoid: string, silu: string] {
  const sigmoid = writer.shared(`sigmoid ${gate}`, () => writer.op('Sigmoid', [gate]))
  return [sigmoid, writer.shared(`silu ${gate}`, () => writer.mul(gate, sigmoid))]
}

/** Inputs dy, gate, up; outputs dgate, dup. */
export const gatedActivationGradient: Op<object> = {
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
        `  let g = gate[i]; let s = sigmoid(g); let d = dy[i];
  dgate[i] = d * up[i] * s * (1.0 + g * (1.0 - s));
  dup[i] = d * g * s;`,
        { functions: SIGMOID(item), flops: elementCount(dgate!.shape) * 14 },
      )
  },
  /** d silu = s + g·s·(1 − s) = s + silu − silu·s. */
  onnx(node, writer) {
    const [dy, gate, up] = [writer.of(node.inputs[0]), writer.of(node.inputs[1]), writer.of(node.inputs[2])]
    const [sigmoid, silu] = siluOf(gate, writer)
    const slope = writer.sub(writer.add(sigmoid, silu), writer.mul(silu, sigmoid))
    writer.define(node.outputs[0]!, writer.mul(writer.mul(dy, up), slope))
    writer.define(node.outputs[1]!, writer.mul(dy, silu))
  },
}

/** gatedActivation: y = silu(gate) · up, the inner part of a gated MLP (Shazeer, "GLU variants improve transformer", 2020). */
import { elementCount, requireShape, sameShape, inputAt, type Op } from '../graph.ts'
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
}

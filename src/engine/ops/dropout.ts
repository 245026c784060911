/** dropout: y = x · mask / (1 − p); the mask comes from a counter-based generator, so that backward makes the same one. */
import { elementCount, requireShape, inputAt, type Op } from '../graph.ts'
import { f32Literal } from '../kernel.ts'
import { THREEFRY_WGSL } from '../random.ts'

export interface DropoutAttributes {
  readonly probability: number
  /** Distinguishes the masks of one step: each use has its own. */
  readonly stream: number
}

/** x (any shape), key u32 [2] (seed and step). Element i is kept where uniform(key, (i, stream)) ≥ p. */
export const dropout: Op<DropoutAttributes> = {
  name: 'dropout',
  outputs([x, key], { probability }) {
    requireShape(x !== undefined && key?.dtype === 'u32', 'dropout', 'needs a value and a key')
    requireShape(probability >= 0 && probability < 1, 'dropout', 'the probability must be in [0, 1)')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient: (graph, node, [dy]) => [dy && graph.applyOne(dropout, [dy, node.inputs[1]], node.attributes)],
  kernels(node, context) {
    const { probability, stream } = node.attributes
    const x = inputAt(node, 0)
    context
      .kernel('dropout')
      .read('x', x)
      .read('key', inputAt(node, 1), 'array<u32>')
      .write('y', node.outputs[0]!)
      .forEach(
        elementCount(x.shape),
        `  let bits = threefry(vec2u(key[0], key[1]), vec2u(i, ${stream}u)).x;
  y[i] = select(0.0, x[i] * ${f32Literal(1 / (1 - probability))}, uniform_from_bits(bits) >= ${f32Literal(probability)});`,
        { functions: THREEFRY_WGSL },
      )
  },
  /** The mask comes from outside: ONNX has no such generator. See `dropoutMask`. */
  onnx(node, writer) {
    writer.define(node.outputs[0]!, writer.mul(writer.of(node.inputs[0]), writer.mask(node.attributes, inputAt(node, 0))))
  },
  tfjs: (node, { tf, of, mask }) => [tf.mul(of(node.inputs[0]), mask(node.attributes, inputAt(node, 0)))],
}

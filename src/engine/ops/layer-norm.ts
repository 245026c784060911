/** layerNorm: y = w · (x − mean(x)) / √(var(x) + ε) + b over rows (Ba et al., "Layer normalization", 2016). */
import { requireShape, sameShape, inputAt, type Op } from '../graph.ts'
import { f32Literal } from '../kernel.ts'
import type { OnnxWriter } from '../onnx/writer.ts'
import { forEachRow } from './row-reduction.ts'

export interface LayerNormAttributes {
  readonly epsilon: number
}

/** `mean` of the row and `inverse`, 1/√(var + ε), in two passes: a large mean must not swallow the variance. */
const moments = (width: number, epsilon: number) => `  var total = 0.0;
  for (var j = lane; j < ${width}u; j += lanes) { total += x[row * ${width}u + j]; }
  let mean = row_sum(total, lane) / ${f32Literal(width)};
  var squares = 0.0;
  for (var j = lane; j < ${width}u; j += lanes) { let v = x[row * ${width}u + j] - mean; squares += v * v; }
  let inverse = 1.0 / sqrt(row_sum(squares, lane) / ${f32Literal(width)} + ${f32Literal(epsilon)});`

/** x [N, d], w [d], b [d] → [N, d]. Scale and bias are frozen. */
export const layerNorm: Op<LayerNormAttributes> = {
  name: 'layerNorm',
  outputs([x, w, b]) {
    requireShape(x?.shape.length === 2 && w?.shape.length === 1 && w.shape[0] === x.shape[1], 'layerNorm', 'x and its scale disagree')
    requireShape(b !== undefined && sameShape(b.shape, w.shape), 'layerNorm', 'scale and bias disagree')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient(graph, node, [dy], wanted) {
    requireShape(!wanted[1] && !wanted[2], 'layerNorm', 'scale and bias are frozen and have no gradient')
    return [dy && graph.applyOne(layerNormGradient, [dy, node.inputs[0], node.inputs[1]], node.attributes)]
  },
  kernels(node, context) {
    const [rows, width] = inputAt(node, 0).shape as [number, number]
    const kernel = context.kernel('layerNorm').read('x', inputAt(node, 0)).read('w', inputAt(node, 1)).read('b', inputAt(node, 2))
    forEachRow(
      kernel.write('y', node.outputs[0]!),
      rows,
      context.traits,
      `${moments(width, node.attributes.epsilon)}
  for (var j = lane; j < ${width}u; j += lanes) { let at = row * ${width}u + j; y[at] = (x[at] - mean) * inverse * w[j] + b[j]; }`,
      { flops: rows * width * 8 },
    )
  },
  onnx(node, writer) {
    const [x, w, b] = [0, 1, 2].map((i) => writer.of(node.inputs[i])) as [string, string, string]
    if (writer.fused) return writer.define(node.outputs[0]!, writer.op('LayerNormalization', [x, w, b], { epsilon: { float: node.attributes.epsilon } }))
    const [, normed] = normedOf(x, node.attributes, writer)
    writer.define(node.outputs[0]!, writer.add(writer.mul(normed, w), b))
  },
  tfjs(node, { tf, of }) {
    const x = of(node.inputs[0])
    const centred = tf.sub(x, tf.mean(x, 1, true))
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), node.attributes.epsilon))
    return [tf.add(tf.mul(tf.mul(centred, inverse), of(node.inputs[1])), of(node.inputs[2]))]
  },
}

/** 1/√(var(x) + ε) of each row, and x − mean(x) scaled by it, which forward and backward share. */
function normedOf(x: string, { epsilon }: LayerNormAttributes, writer: OnnxWriter): [inverse: string, normed: string] {
  const centred = writer.shared(`centred ${x}`, () => writer.sub(x, writer.reduceLast('ReduceMean', x)))
  const inverse = writer.shared(`inverse deviation ${epsilon} ${x}`, () => {
    const variance = writer.reduceLast('ReduceMean', writer.mul(centred, centred))
    return writer.op('Reciprocal', [writer.op('Sqrt', [writer.add(variance, writer.float(epsilon))])])
  })
  return [inverse, writer.shared(`standardised ${epsilon} ${x}`, () => writer.mul(centred, inverse))]
}

/** With n = (x − mean)·r, r = 1/√(var + ε), g = w·dy: dx = r·(g − mean(g) − n·mean(g·n)). Inputs dy, x, w. */
export const layerNormGradient: Op<LayerNormAttributes> = {
  name: 'layerNormGradient',
  outputs([dy, x]) {
    requireShape(dy !== undefined && x !== undefined && sameShape(dy.shape, x.shape), 'layerNormGradient', 'dy and x disagree')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  kernels(node, context) {
    const [rows, width] = inputAt(node, 1).shape as [number, number]
    const kernel = context.kernel('layerNorm backward').read('dy', inputAt(node, 0)).read('x', inputAt(node, 1)).read('w', inputAt(node, 2))
    forEachRow(
      kernel.write('dx', node.outputs[0]!),
      rows,
      context.traits,
      `${moments(width, node.attributes.epsilon)}
  var sum = 0.0;
  var along = 0.0;
  for (var j = lane; j < ${width}u; j += lanes) {
    let at = row * ${width}u + j;
    let g = w[j] * dy[at];
    sum += g;
    along += g * (x[at] - mean);
  }
  let level = row_sum(sum, lane) / ${f32Literal(width)};
  let share = row_sum(along, lane) * inverse * inverse / ${f32Literal(width)};
  for (var j = lane; j < ${width}u; j += lanes) {
    let at = row * ${width}u + j;
    dx[at] = inverse * (w[j] * dy[at] - level - (x[at] - mean) * share);
  }`,
      { flops: rows * width * 16 },
    )
  },
  onnx(node, writer) {
    const [dy, x, w] = [0, 1, 2].map((i) => writer.of(node.inputs[i])) as [string, string, string]
    const [inverse, normed] = normedOf(x, node.attributes, writer)
    const g = writer.mul(dy, w)
    const along = writer.reduceLast('ReduceMean', writer.mul(g, normed))
    const level = writer.sub(g, writer.reduceLast('ReduceMean', g))
    writer.define(node.outputs[0]!, writer.mul(writer.sub(level, writer.mul(normed, along)), inverse))
  },
}

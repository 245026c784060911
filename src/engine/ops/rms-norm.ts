/** rmsNorm: y = w · x / √(mean(x²) + ε) over rows (Zhang & Sennrich, "Root mean square layer normalization", 2019). */
import { elementCount, requireShape, sameShape, inputAt, type Op, type Value } from '../graph.ts'
import { f32Literal } from '../kernel.ts'
import type { OnnxWriter } from '../onnx/writer.ts'
import { forEachRow } from './row-reduction.ts'

export interface RmsNormAttributes {
  readonly epsilon: number
  /** Added to each scale: 1 where the checkpoint holds their distances from 1 (Gemma). */
  readonly offset?: 1 | undefined
}

/** How many runs of numbers are normalised, and how many numbers each has. */
const normRows = (x: Value, w: Value): [rows: number, width: number] => [elementCount(x.shape) / w.shape[0]!, w.shape[0]!]

/** Calls `form` with what is normalised as the rows of a matrix, and takes its result apart as x was. */
function byNormRows(tensors: readonly string[], x: Value, w: Value, writer: OnnxWriter, form: (rows: string[]) => string): string {
  const [width, size] = [x.shape[1]!, w.shape[0]!]
  if (width === size) return form([...tensors])
  return writer.reshape(form(tensors.map((tensor) => writer.shared(`runs of ${size} of ${tensor}`, () => writer.reshape(tensor, -1, size)))), -1, width)
}

/** The scale of the j-th number of a run, as WGSL. */
const scaleAt = ({ offset }: RmsNormAttributes) => (offset === undefined ? 'w[j]' : '(1.0 + w[j])')

const scaleOnnx = (w: string, { offset }: RmsNormAttributes, writer: OnnxWriter) =>
  offset === undefined ? w : writer.shared(`1 + ${w}`, () => writer.add(w, writer.float(1)))

const squares = (width: number, epsilon: number) => `  var squares = 0.0;
  for (var j = lane; j < ${width}u; j += lanes) { let v = x[row * ${width}u + j]; squares += v * v; }
  let inverse = 1.0 / sqrt(row_sum(squares, lane) / ${f32Literal(width)} + ${f32Literal(epsilon)});`

/** x [N, g·d], w [d] → [N, g·d]: each d numbers of a row (those of a head) are normalised by themselves. The scale is frozen. */
export const rmsNorm: Op<RmsNormAttributes> = {
  name: 'rmsNorm',
  outputs([x, w]) {
    requireShape(x?.shape.length === 2 && w?.shape.length === 1 && x.shape[1]! % w.shape[0]! === 0, 'rmsNorm', 'x and its scale disagree')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient(graph, node, [dy], wanted) {
    requireShape(!wanted[1], 'rmsNorm', 'the scale is frozen and has no gradient')
    return [dy && graph.applyOne(rmsNormGradient, [dy, node.inputs[0], node.inputs[1]], node.attributes)]
  },
  kernels(node, context) {
    const [rows, width] = normRows(inputAt(node, 0), inputAt(node, 1))
    const kernel = context.kernel('rmsNorm').read('x', inputAt(node, 0)).read('w', inputAt(node, 1)).write('y', node.outputs[0]!)
    forEachRow(
      kernel,
      rows,
      context.traits,
      `${squares(width, node.attributes.epsilon)}
  for (var j = lane; j < ${width}u; j += lanes) { let at = row * ${width}u + j; y[at] = x[at] * inverse * ${scaleAt(node.attributes)}; }`,
      { flops: rows * width * 4 },
    )
  },
  onnx(node, writer) {
    const w = scaleOnnx(writer.of(node.inputs[1]), node.attributes, writer)
    const { epsilon } = node.attributes
    const normed = (x: string) =>
      writer.fused
        ? writer.op('SimplifiedLayerNormalization', [x, w], { epsilon: { float: epsilon } })
        : writer.mul(normedOf(x, node.attributes, writer)[1], w)
    const y = byNormRows([writer.of(node.inputs[0])], inputAt(node, 0), inputAt(node, 1), writer, ([x]) => normed(x!))
    writer.define(node.outputs[0]!, y)
  },
  tfjs(node, { tf, of }) {
    const [given, w] = [of(node.inputs[0]), of(node.inputs[1])]
    const x = tf.reshape(given, [-1, w.size])
    const { epsilon, offset } = node.attributes
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), epsilon))
    return [tf.reshape(tf.mul(tf.mul(x, inverse), offset === undefined ? w : tf.add(w, offset)), given.shape)]
  },
}

/** 1/√(mean(x²) + ε) of each row, and x scaled by it, which forward and backward share. */
function normedOf(x: string, { epsilon }: RmsNormAttributes, writer: OnnxWriter): [inverse: string, normed: string] {
  const inverse = writer.shared(`inverse rms ${epsilon} ${x}`, () => {
    const meanSquare = writer.reduceLast('ReduceMean', writer.mul(x, x))
    return writer.op('Reciprocal', [writer.op('Sqrt', [writer.add(meanSquare, writer.float(epsilon))])])
  })
  return [inverse, writer.shared(`normed ${epsilon} ${x}`, () => writer.mul(x, inverse))]
}

/** dx = r·(w·dy − x·r²·mean(w·dy·x)), r = 1/√(mean(x²) + ε). Inputs dy, x, w. */
export const rmsNormGradient: Op<RmsNormAttributes> = {
  name: 'rmsNormGradient',
  outputs([dy, x]) {
    requireShape(dy !== undefined && x !== undefined && sameShape(dy.shape, x.shape), 'rmsNormGradient', 'dy and x disagree')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  kernels(node, context) {
    const [rows, width] = normRows(inputAt(node, 1), inputAt(node, 2))
    const kernel = context
      .kernel('rmsNorm backward')
      .read('dy', inputAt(node, 0))
      .read('x', inputAt(node, 1))
      .read('w', inputAt(node, 2))
      .write('dx', node.outputs[0] as Value)
    forEachRow(
      kernel,
      rows,
      context.traits,
      `${squares(width, node.attributes.epsilon)}
  var along = 0.0;
  for (var j = lane; j < ${width}u; j += lanes) { let at = row * ${width}u + j; along += ${scaleAt(node.attributes)} * dy[at] * x[at]; }
  let share = row_sum(along, lane) * inverse * inverse / ${f32Literal(width)};
  for (var j = lane; j < ${width}u; j += lanes) {
    let at = row * ${width}u + j;
    dx[at] = inverse * (${scaleAt(node.attributes)} * dy[at] - x[at] * share);
  }`,
      { flops: rows * width * 10 },
    )
  },
  /** With n = r·x: dx = r·(w·dy − n·mean(w·dy·n)). */
  onnx(node, writer) {
    const w = scaleOnnx(writer.of(node.inputs[2]), node.attributes, writer)
    const tensors = [writer.of(node.inputs[0]), writer.of(node.inputs[1])]
    const dx = byNormRows(tensors, inputAt(node, 1), inputAt(node, 2), writer, ([dy, x]) => {
      const [inverse, normed] = normedOf(x!, node.attributes, writer)
      const scaled = writer.mul(dy!, w)
      const along = writer.reduceLast('ReduceMean', writer.mul(scaled, normed))
      return writer.mul(writer.sub(scaled, writer.mul(normed, along)), inverse)
    })
    writer.define(node.outputs[0]!, dx)
  },
}

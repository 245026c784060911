/**
 * rope: rotary position embedding on the halves of each head's first `rotaryDim` dimensions, as Hugging Face's
 * `rotate_half` (Su et al., "RoFormer", 2021). Angles come as tables, made in float64.
 */
import { requireShape, inputAt, type Op } from '../graph.ts'

export interface RopeAttributes {
  readonly headDim: number
  readonly rotaryDim: number
  /** Rotate back: the gradient of a rotation. */
  readonly inverse: boolean
}

/** x [N, heads·headDim], table [P, rotaryDim] (cosines, then sines, rotaryDim/2 of each), positions u32 [N]. */
export const rope: Op<RopeAttributes> = {
  name: 'rope',
  outputs([x, table, positions], { headDim, rotaryDim }) {
    requireShape(x?.shape.length === 2 && x.shape[1]! % headDim === 0, 'rope', 'heads do not divide the width')
    requireShape(table?.shape[1] === rotaryDim && rotaryDim <= headDim && rotaryDim % 2 === 0, 'rope', 'the table has another width')
    requireShape(positions?.shape[0] === x.shape[0] && positions!.dtype === 'u32', 'rope', 'a position for each row is needed')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient(graph, node, [dy]) {
    const attributes = { ...node.attributes, inverse: !node.attributes.inverse }
    return [dy && graph.applyOne(rope, [dy, node.inputs[1], node.inputs[2]], attributes)]
  },
  kernels(node, context) {
    const [rows, width] = inputAt(node, 0).shape as [number, number]
    const { headDim, rotaryDim, inverse } = node.attributes
    const half = rotaryDim / 2
    const pairs = half + (headDim - rotaryDim)
    const perRow = (width / headDim) * pairs
    context
      .kernel('rope')
      .read('x', inputAt(node, 0))
      .read('table', inputAt(node, 1))
      .read('positions', inputAt(node, 2), 'array<u32>')
      .write('y', node.outputs[0]!)
      .forEach(
        rows * perRow,
        `  let row = i / ${perRow}u;
  let head = row * ${width}u + ((i % ${perRow}u) / ${pairs}u) * ${headDim}u;
  let j = i % ${pairs}u;
  if (j >= ${half}u) { let at = head + j + ${half}u; y[at] = x[at]; return; }
  let angle = positions[row] * ${rotaryDim}u + j;
  let c = table[angle];
  let s = ${inverse ? '-' : ''}table[angle + ${half}u];
  let a = x[head + j];
  let b = x[head + j + ${half}u];
  y[head + j] = a * c - b * s;
  y[head + j + ${half}u] = b * c + a * s;`,
        { flops: rows * width * 3 },
      )
  },
}

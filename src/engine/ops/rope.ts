/**
 * rope: rotary position embedding on the halves of each head's first `rotaryDim` dimensions, as Hugging Face's
 * `rotate_half` (Su et al., "RoFormer", 2021). Angles come as tables, made in float64.
 */
import { requireShape, inputAt, type Op } from '../graph.ts'
import type { OnnxWriter } from '../onnx/writer.ts'
import type { Tensor } from '../tfjs/context.ts'

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
  onnx(node, writer) {
    const { headDim, rotaryDim, inverse } = node.attributes
    const width = inputAt(node, 0).shape[1]!
    const half = rotaryDim / 2
    const [cosines, sines] = anglesOf(writer.of(node.inputs[1]), writer.of(node.inputs[2]), half, writer)
    const heads = writer.reshape(writer.of(node.inputs[0]), -1, width / headDim, headDim)
    const a = writer.slice(heads, 2, 0, half)
    const b = writer.slice(heads, 2, half, rotaryDim)
    const across = (x: string) => writer.mul(x, sines)
    const [first, second] = inverse ? (['Add', 'Sub'] as const) : (['Sub', 'Add'] as const)
    const turned = [writer.op(first, [writer.mul(a, cosines), across(b)]), writer.op(second, [writer.mul(b, cosines), across(a)])]
    const rest = rotaryDim < headDim ? [writer.slice(heads, 2, rotaryDim, headDim)] : []
    writer.define(node.outputs[0]!, writer.reshape(writer.op('Concat', [...turned, ...rest], { axis: 2 }), -1, width))
  },
  tfjs(node, { tf, of, shared }) {
    const { headDim, rotaryDim, inverse } = node.attributes
    const [x, positions] = [of(node.inputs[0]), of(node.inputs[2])]
    const [rows, width] = x.shape as [number, number]
    const half = rotaryDim / 2
    const key = `angles ${node.inputs[1]!.id} ${node.inputs[2]!.id}`
    const angles = shared(key, () => tf.expandDims(tf.gather(of(node.inputs[1]), positions), 1))
    const [cosines, turned] = tf.split(angles, 2, 2) as [Tensor, Tensor]
    const sines = inverse ? tf.neg(turned) : turned
    const sizes = rotaryDim < headDim ? [half, half, headDim - rotaryDim] : [half, half]
    const [a, b, ...rest] = tf.split(tf.reshape(x, [rows, width / headDim, headDim]), sizes, 2) as [Tensor, Tensor, Tensor?]
    const first = tf.sub(tf.mul(a, cosines), tf.mul(b, sines))
    const second = tf.add(tf.mul(b, cosines), tf.mul(a, sines))
    return [tf.reshape(tf.concat([first, second, ...rest.filter((part) => part !== undefined)], 2), [rows, width])]
  },
}

/** Cosines and sines [N, 1, half] of so many positions, shared by all layers. */
function anglesOf(table: string, positions: string, half: number, writer: OnnxWriter): [cosines: string, sines: string] {
  const part = (name: string, begin: number) =>
    writer.shared(`${name} ${table} ${positions}`, () => {
      const angles = writer.shared(`angles ${table} ${positions}`, () => writer.op('Gather', [table, positions], { axis: 0 }))
      return writer.op('Unsqueeze', [writer.slice(angles, 1, begin, begin + half), writer.longs(1)])
    })
  return [part('cosines', 0), part('sines', half)]
}

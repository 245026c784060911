/**
 * rope: rotary position embedding on the halves of each head's first `rotaryDim` dimensions, as Hugging Face's
 * `rotate_half` (Su et al., "RoFormer", 2021). Angles come as tables, made in float64.
 */
import { requireShape, inputAt, type Node, type Op } from '../graph.ts'
import { ONNX_INT64 } from '../onnx/types.ts'
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
    const heads = width / headDim
    if (writer.fused && !inverse && rotaryDim === headDim) return writer.define(node.outputs[0]!, rotated(node, heads, writer))
    const [cosines, sines] = factorsOf(writer.of(node.inputs[1]), writer.of(node.inputs[2]), node.attributes, heads, writer)
    const x = writer.of(node.inputs[0])
    const apart = rotaryDim < headDim ? writer.reshape(x, -1, heads, headDim) : undefined
    const turning = apart === undefined ? x : writer.slice(apart, 2, 0, rotaryDim)
    const halves = writer.reshape(turning, -1, 2, half)
    const swapped = writer.op('Slice', [halves, writer.longs(1), writer.longs(-3), writer.longs(1), writer.longs(-1)])
    const flat = (tensor: string) => writer.reshape(tensor, -1, heads * rotaryDim)
    const turned = writer.op(inverse ? 'Sub' : 'Add', [writer.mul(flat(turning), cosines), writer.mul(flat(swapped), sines)])
    const rest = apart === undefined ? undefined : writer.slice(apart, 2, rotaryDim, headDim)
    const whole = rest === undefined ? turned : writer.op('Concat', [writer.reshape(turned, -1, heads, rotaryDim), rest], { axis: 2 })
    writer.define(node.outputs[0]!, rest === undefined ? whole : writer.reshape(whole, -1, width))
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

/** ONNX Runtime's own operator, which wants [batch, tokens, width], and the table in two. */
function rotated({ inputs }: Node<RopeAttributes>, heads: number, writer: OnnxWriter): string {
  const [x, table] = [inputs[0]!, inputs[1]!]
  const [name, half] = [writer.of(table), table.shape[1]! / 2]
  const positions = writer.of(inputs[2])
  const byBatch = writer.shared(`positions of one batch ${positions}`, () => writer.op('Cast', [writer.reshape(positions, 1, -1)], { to: ONNX_INT64 }))
  const part = (begin: number) => writer.shared(`from ${begin} of ${name}`, () => writer.slice(name, 1, begin, begin + half))
  const whole = writer.reshape(writer.of(x), 1, -1, x.shape[1]!)
  return writer.reshape(writer.contributed('RotaryEmbedding', [whole, byBatch, part(0), part(half)], { num_heads: heads }), -1, x.shape[1]!)
}

/**
 * What each number of all heads, and the one opposite to it in its head, is multiplied by [N, heads · rotaryDim]: cosines, and
 * sines that are negative in the first half. Spread out once for all layers, since spreading as one multiplies is slow.
 */
function factorsOf(table: string, positions: string, { rotaryDim }: RopeAttributes, heads: number, writer: OnnxWriter): [cosines: string, sines: string] {
  const key = `${heads} ${table} ${positions}`
  const half = rotaryDim / 2
  const angles = writer.shared(`angles ${table} ${positions}`, () => writer.op('Gather', [table, positions], { axis: 0 }))
  const spread = (first: string, second: string) => writer.op('Concat', Array.from({ length: 2 * heads }, (_, i) => (i % 2 ? second : first)), { axis: 1 })
  const cosines = writer.shared(`cosines ${key}`, () => {
    const part = writer.slice(angles, 1, 0, half)
    return spread(part, part)
  })
  const sines = writer.shared(`sines ${key}`, () => {
    const part = writer.slice(angles, 1, half, rotaryDim)
    return spread(writer.op('Neg', [part]), part)
  })
  return [cosines, sines]
}

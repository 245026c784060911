/** splitColumns: parts that one fused projection made (query, key and value), each as a matrix of its own. */
import { inputAt, requireShape, type Op, type TensorType } from '../graph.ts'

export interface SplitColumnsAttributes {
  readonly parts: number
  /** The parts alternate within each of so many equal groups of columns; 1 where each part is one piece. */
  readonly groups: number
}

/** Of a part [N, w]: rows, and how its columns are counted, in fours where groups are a multiple of them. */
function measure({ shape }: TensorType, { groups }: SplitColumnsAttributes) {
  const [rows, width] = shape as [number, number]
  const [item, array, zero] = (width / groups) % 4 === 0 ? [4, 'array<vec4f>', 'vec4f()'] : [1, 'array<f32>', '0.0']
  return { rows, width: width / item, group: width / groups / item, array, zero }
}

/** Where in the whole number i of part `p` lies, as WGSL. */
const placeInWhole = ({ group }: ReturnType<typeof measure>, parts: number, p: number) =>
  `(i / ${group}u) * ${parts * group}u + ${p * group}u + i % ${group}u`

/** x [N, parts · w] → as many [N, w]. */
export const splitColumns: Op<SplitColumnsAttributes> = {
  name: 'splitColumns',
  outputs([x], { parts, groups }) {
    requireShape(x?.shape.length === 2 && x.shape[1]! % (parts * groups) === 0, 'splitColumns', 'the parts do not divide the columns')
    const shape = [x.shape[0]!, x.shape[1]! / parts]
    return Array.from({ length: parts }, () => ({ shape, dtype: 'f32' }))
  },
  gradient: (graph, node, upstream) => [graph.applyOne(joinColumns, upstream, node.attributes)],
  kernels(node, context) {
    const sizes = measure(node.outputs[0]!, node.attributes)
    const kernel = context.kernel('splitColumns').read('x', inputAt(node, 0), sizes.array)
    node.outputs.forEach((y, p) => kernel.write(`y${p}`, y, sizes.array))
    const copies = node.outputs.map((_, p) => `  y${p}[i] = x[${placeInWhole(sizes, node.outputs.length, p)}];`)
    kernel.forEach(sizes.rows * sizes.width, copies.join('\n'))
  },
  onnx(node, writer) {
    const { parts, groups } = node.attributes
    const width = node.outputs[0]!.shape[1]!
    const x = writer.of(node.inputs[0])
    const grouped = groups === 1 ? x : writer.reshape(x, -1, groups, (parts * width) / groups)
    const sizes = writer.longs(...node.outputs.map(() => width / groups))
    const pieces = writer.ops('Split', [grouped, sizes], parts, { axis: groups === 1 ? 1 : 2 })
    pieces.forEach((piece, p) => writer.define(node.outputs[p]!, groups === 1 ? piece : writer.reshape(piece, -1, width)))
  },
  tfjs(node, { tf, of }) {
    const { parts, groups } = node.attributes
    const x = of(node.inputs[0])
    const [rows, width] = x.shape as [number, number]
    return tf.split(tf.reshape(x, [rows, groups, width / groups]), parts, 2).map((piece) => tf.reshape(piece, [rows, width / parts]))
  },
}

/** The way back: as many [N, w] → [N, parts · w]; a part that is missing is zero. */
export const joinColumns: Op<SplitColumnsAttributes> = {
  name: 'joinColumns',
  outputs(parts, { groups }) {
    const [rows, width] = presentPart(parts).shape as [number, number]
    requireShape(width % groups === 0, 'joinColumns', 'the groups do not divide the columns')
    return [{ shape: [rows, parts.length * width], dtype: 'f32' }]
  },
  kernels(node, context) {
    const sizes = measure(presentPart(node.inputs), node.attributes)
    const kernel = context.kernel('joinColumns').write('y', node.outputs[0]!, sizes.array)
    node.inputs.forEach((x, p) => x && kernel.read(`x${p}`, x, sizes.array))
    const copies = node.inputs.map((x, p) => `  y[${placeInWhole(sizes, node.inputs.length, p)}] = ${x ? `x${p}[i]` : sizes.zero};`)
    kernel.forEach(sizes.rows * sizes.width, copies.join('\n'))
  },
  onnx(node, writer) {
    const { groups } = node.attributes
    const width = presentPart(node.inputs).shape[1]!
    const present = writer.of(presentPart(node.inputs))
    const zero = () => writer.op('Expand', [writer.float(0), writer.op('Shape', [present])])
    const parts = node.inputs.map((x) => (x ? writer.of(x) : zero()))
    if (groups === 1) return writer.define(node.outputs[0]!, writer.op('Concat', parts, { axis: 1 }))
    const grouped = parts.map((part) => writer.reshape(part, -1, groups, width / groups))
    writer.define(node.outputs[0]!, writer.reshape(writer.op('Concat', grouped, { axis: 2 }), -1, parts.length * width))
  },
}

function presentPart<T extends TensorType>(parts: readonly (T | undefined)[]): T {
  const part = parts.find((candidate) => candidate !== undefined)
  requireShape(part !== undefined, 'joinColumns', 'there is nothing to join')
  return part
}

/** gatherRows: y[m, :] = x[rows[m], :], zero where rows[m] is NO_ROW. Its gradient gathers by the inverse index. */
import { requireShape, inputAt, type Op } from '../graph.ts'
import { ONNX_FLOAT } from '../onnx/types.ts'

/** Index that stands for no row. */
export const NO_ROW = 0xffffffff

/** x [N, d], rows u32 [M], inverse u32 [N] (where in M each row of x went, or NO_ROW; rows are used once at most) → [M, d]. */
export const gatherRows: Op<object> = {
  name: 'gatherRows',
  outputs([x, rows]) {
    requireShape(x?.shape.length === 2 && rows?.shape.length === 1 && rows.dtype === 'u32', 'gatherRows', 'needs a matrix and row numbers')
    return [{ shape: [rows.shape[0]!, x.shape[1]!], dtype: 'f32' }]
  },
  gradient: (graph, node, [dy]) => [dy && graph.applyOne(gatherRows, [dy, node.inputs[2], node.inputs[1]], {})],
  kernels(node, context) {
    const x = inputAt(node, 0)
    const y = node.outputs[0]!
    const fours = x.shape[1]! % 4 === 0
    const width = fours ? x.shape[1]! / 4 : x.shape[1]!
    const [array, item] = fours ? ['array<vec4f>', 'vec4f'] : ['array<f32>', 'f32']
    context
      .kernel('gatherRows')
      .read('x', x, array)
      .read('rows', inputAt(node, 1), 'array<u32>')
      .write('y', y, array)
      .forEach(
        y.shape[0]! * width,
        `  let row = rows[i / ${width}u];
  if (row >= ${x.shape[0]!}u) { y[i] = ${item}(); } else { y[i] = x[row * ${width}u + i % ${width}u]; }`,
      )
  },
  /** As int32 NO_ROW is −1, which gathers the last row: a factor of zero takes it out again. */
  onnx(node, writer) {
    const rows = writer.of(node.inputs[1])
    const there = writer.shared(`is a row ${rows}`, () => {
      const isRow = writer.op('GreaterOrEqual', [rows, writer.int(0)])
      return writer.column(writer.op('Cast', [isRow], { to: ONNX_FLOAT }))
    })
    writer.define(node.outputs[0]!, writer.mul(writer.op('Gather', [writer.of(node.inputs[0]), rows], { axis: 0 }), there))
  },
  tfjs(node, { tf, of }) {
    const rows = of(node.inputs[1])
    const there = tf.expandDims(tf.cast(tf.greaterEqual(rows, 0), 'float32'), 1)
    return [tf.mul(tf.gather(of(node.inputs[0]), tf.maximum(rows, tf.scalar(0, 'int32'))), there)]
  },
}

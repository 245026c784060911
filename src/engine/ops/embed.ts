/** embed: y[n, :] = table[tokens[n], :]; the table is frozen. */
import { requireShape, inputAt, type Op } from '../graph.ts'
import { operandOf, weightPieces, weightStorage } from '../kernel.ts'
import { rowsOf } from '../onnx/quantised.ts'
import { arrayType, loaders } from './matmul/operand.ts'

export const embed: Op<object> = {
  name: 'embed',
  /** table [V, d], tokens u32 [N] → [N, d]. */
  outputs([table, tokens]) {
    requireShape(table?.shape.length === 2 && tokens?.shape.length === 1 && tokens.dtype === 'u32', 'embed', 'needs a table and token ids')
    return [{ shape: [tokens.shape[0]!, table.shape[1]!], dtype: 'f32' }]
  },
  kernels(node, context) {
    const table = inputAt(node, 0)
    const tokens = inputAt(node, 1)
    const width = table.shape[1]!
    const inFours = width % 4 === 0
    const columns = inFours ? width / 4 : width
    const layout = { storage: weightStorage(table), offset: 0, stride: width, along: 'columns' } as const
    for (const piece of weightPieces(table, context.traits)) {
      const value = inFours ? 'table_four(row, column * 4u)' : 'table_at(row, column)'
      context
        .kernel('embed')
        .read('table', operandOf(table, piece.index), arrayType(layout, inFours))
        .read('tokens', tokens, 'array<u32>')
        .write('y', node.outputs[0]!, inFours ? 'array<vec4f>' : 'array<f32>')
        .forEach(
          tokens.shape[0]! * columns,
          `  let column = i % ${columns}u;
  let row = tokens[i / ${columns}u] - ${piece.rowBegin}u;
  if (row < ${piece.rows}u) { y[i] = ${value}; }`,
          { functions: loaders('table', layout, width, inFours) },
        )
    }
  },
  onnx(node, writer) {
    writer.define(node.outputs[0]!, rowsOf(inputAt(node, 0), writer.of(node.inputs[1]), writer))
  },
  tfjs: (node, { tf, of }) => [tf.gather(of(node.inputs[0]), of(node.inputs[1]))],
}

/** writeRows: target[slots[n], :] = x[n, :] in place; slots beyond the target are left out. The KV cache's write. */
import { elementCount, requireShape, inputAt, type Op } from '../graph.ts'
import { ONNX_INT64, ONNX_UINT32 } from '../onnx/types.ts'

/** target [P, d] (a variable), x [N, d], slots u32 [N]. */
export const writeRows: Op<object> = {
  name: 'writeRows',
  outputs([target, x, slots]) {
    requireShape(target?.shape[1] === x?.shape[1] && slots?.shape[0] === x?.shape[0], 'writeRows', 'target, rows and slots disagree')
    return []
  },
  updates: () => [0],
  kernels(node, context) {
    const [target, x] = [inputAt(node, 0), inputAt(node, 1)]
    const width = x.shape[1]!
    context
      .kernel('writeRows')
      .write('y', target)
      .read('x', x)
      .read('slots', inputAt(node, 2), 'array<u32>')
      .forEach(elementCount(x.shape), `  let row = slots[i / ${width}u];\n  if (row < ${target.shape[0]!}u) { y[row * ${width}u + i % ${width}u] = x[i]; }`)
  },
  /** A row beyond the target goes to one that is added for it and taken off again. */
  onnx(node, writer) {
    const target = inputAt(node, 0)
    const [rows, width] = target.shape as [number, number]
    const slots = writer.of(node.inputs[2])
    const unsigned = writer.op('Cast', [slots], { to: ONNX_UINT32 })
    const limited = writer.op('Cast', [writer.op('Min', [unsigned, writer.op('Cast', [writer.int(rows)], { to: ONNX_UINT32 })])], { to: ONNX_INT64 })
    const spare = writer.op('Expand', [writer.float(0), writer.longs(1, width)])
    const padded = writer.op('Concat', [writer.of(target), spare], { axis: 0 })
    const written = writer.op('ScatterND', [padded, writer.column(limited), writer.of(node.inputs[1])])
    writer.define(target, writer.slice(written, 0, 0, rows))
  },
}

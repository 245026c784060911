/** writeRows: target[slots[n], :] = x[n, :] in place; slots beyond the target are left out. The KV cache's write. */
import { elementCount, requireShape, inputAt, type Op } from '../graph.ts'

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
}

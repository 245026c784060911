/**
 * gradientCheck: sums of squares of a flat gradient and counts of numbers that are not finite, a part for each block.
 * WGSL may assume that there is no NaN, so finiteness is read from the bits.
 */
import { inputAt, requireShape, type Op } from '../../graph.ts'

const BLOCK = 1024

/** gradient [P] → [ceil(P / 1024), 2]: sum of squares, numbers that are not finite. */
export const gradientCheck: Op<object> = {
  name: 'gradientCheck',
  outputs([gradient]) {
    requireShape(gradient?.shape.length === 1, 'gradientCheck', 'needs a flat gradient')
    return [{ shape: [Math.ceil(gradient.shape[0]! / BLOCK), 2], dtype: 'f32' }]
  },
  kernels(node, context) {
    const count = inputAt(node, 0).shape[0]!
    const parts = node.outputs[0]!
    context
      .kernel('gradientCheck')
      .read('gradient', inputAt(node, 0))
      .write('parts', parts)
      .forEach(
        parts.shape[0]!,
        `  var squares = 0.0;
  var broken = 0.0;
  for (var j = i * ${BLOCK}u; j < min((i + 1u) * ${BLOCK}u, ${count}u); j++) {
    let g = gradient[j];
    squares += g * g;
    broken += select(0.0, 1.0, (bitcast<u32>(g) & 0x7f800000u) == 0x7f800000u);
  }
  parts[2u * i] = squares;
  parts[2u * i + 1u] = broken;`,
        { flops: count * 2 },
        4,
      )
  },
}

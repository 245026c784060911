/** addSum: total[0] += Σ x, in place. Gathers the loss over the micro-batches of a step. */
import { elementCount, inputAt, type Op } from '../../graph.ts'
import { forEachRow } from '../row-reduction.ts'

/** total [1] (a variable), x of any shape. */
export const addSum: Op<object> = {
  name: 'addSum',
  outputs: () => [],
  updates: () => [0],
  kernels(node, context) {
    const count = elementCount(inputAt(node, 1).shape)
    const kernel = context.kernel('addSum').write('total', inputAt(node, 0)).read('x', inputAt(node, 1))
    forEachRow(
      kernel,
      1,
      context.traits,
      `  var part = 0.0;
  for (var j = lane; j < ${count}u; j += lanes) { part += x[j]; }
  let whole = row_sum(part, lane);
  if (lane == 0u) { total[0] += whole; }`,
    )
  },
}

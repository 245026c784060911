/**
 * stepControl: one decision for an optimizer step: the gradient's norm, how far it is clipped (as torch.nn.utils.
 * clip_grad_norm_), whether the update is left out because something is not finite, and Adam's bias corrections.
 */
import { inputAt, type Op } from '../../graph.ts'
import { forEachRow } from '../row-reduction.ts'

/** Layout of the hyperparameters, an f32 input [8] written before each step. */
export const HYPER = { learningRate: 0, beta1: 1, beta2: 2, oneMinusBeta1: 3, oneMinusBeta2: 4, epsilon: 5, weightDecay: 6, clipNorm: 7, size: 8 } as const
/** Layout of the optimizer's state that outlives a step: corrections 1 − βᵗ and the number of updates applied. */
export const STATE = { correction1: 0, correction2: 1, updates: 2, size: 4 } as const
/** Layout of the metrics: the loss gathered so far, and what the last step reported. */
export const METRICS = { lossSum: 0, loss: 1, gradientNorm: 2, skipped: 3, size: 4 } as const
/** Layout of what the update kernel reads. */
export const CONTROL = { gradientScale: 0, correction1: 1, correction2: 2, skip: 3, size: 4 } as const

/**
 * parts [G, 2] from gradientCheck, hyper [8], state [4] and metrics [4] (variables) → control [4].
 * 1 − βᵗ follows c ← β·c + (1 − β), which loses no digits, where 1 − β^t would.
 */
export const stepControl: Op<object> = {
  name: 'stepControl',
  outputs: () => [{ shape: [CONTROL.size], dtype: 'f32' }],
  updates: () => [2, 3],
  kernels(node, context) {
    const groups = inputAt(node, 0).shape[0]!
    const kernel = context.kernel('stepControl').read('parts', inputAt(node, 0)).read('hyper', inputAt(node, 1))
    kernel.write('state', inputAt(node, 2)).write('metrics', inputAt(node, 3)).write('control', node.outputs[0]!)
    forEachRow(
      kernel,
      1,
      context.traits,
      `  var squares = 0.0;
  var broken = 0.0;
  for (var j = lane; j < ${groups}u; j += lanes) { squares += parts[2u * j]; broken += parts[2u * j + 1u]; }
  squares = row_sum(squares, lane);
  broken = row_sum(broken, lane);
  if (lane != 0u) { return; }
  let norm = sqrt(squares);
  let loss = metrics[${METRICS.lossSum}];
  let skip = broken > 0.0 || is_broken(loss) || is_broken(squares);
  let clip = hyper[${HYPER.clipNorm}];
  control[${CONTROL.gradientScale}] = select(1.0, min(1.0, clip / (norm + 1e-6)), clip > 0.0);
  control[${CONTROL.skip}] = select(0.0, 1.0, skip);
  if (!skip) {
    state[${STATE.correction1}] = hyper[${HYPER.beta1}] * state[${STATE.correction1}] + hyper[${HYPER.oneMinusBeta1}];
    state[${STATE.correction2}] = hyper[${HYPER.beta2}] * state[${STATE.correction2}] + hyper[${HYPER.oneMinusBeta2}];
    state[${STATE.updates}] += 1.0;
  }
  control[${CONTROL.correction1}] = state[${STATE.correction1}];
  control[${CONTROL.correction2}] = state[${STATE.correction2}];
  metrics[${METRICS.loss}] = loss;
  metrics[${METRICS.gradientNorm}] = norm;
  metrics[${METRICS.skipped}] = select(0.0, 1.0, skip);
  metrics[${METRICS.lossSum}] = 0.0;`,
      { functions: 'fn is_broken(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u; }' },
    )
  },
}

/** adamW: one update of flat parameters (Loshchilov & Hutter, "Decoupled weight decay regularization", 2019), as torch.optim.AdamW. */
import { inputAt, requireShape, type Op } from '../../graph.ts'
import { CONTROL, HYPER } from './step-control.ts'

/**
 * parameters, gradient, first and second moment [P] (variables), control [4], hyper [8]. Updates all four in place: the
 * gradient is set to zero, ready to gather the next step's.
 */
export const adamW: Op<object> = {
  name: 'adamW',
  outputs([parameters, gradient, first, second]) {
    requireShape(
      [gradient, first, second].every((other) => other?.shape[0] === parameters?.shape[0]),
      'adamW',
      'parameters, gradient and moments have different sizes',
    )
    return []
  },
  updates: () => [0, 1, 2, 3],
  kernels(node, context) {
    const count = inputAt(node, 0).shape[0]!
    const names = ['parameters', 'gradient', 'first', 'second']
    const kernel = context.kernel('adamW')
    names.forEach((name, i) => kernel.write(name, inputAt(node, i)))
    kernel.read('control', inputAt(node, 4)).read('hyper', inputAt(node, 5))
    kernel.forEach(
      count,
      `  let g = gradient[i] * control[${CONTROL.gradientScale}];
  gradient[i] = 0.0;
  if (control[${CONTROL.skip}] != 0.0) { return; }
  let m = hyper[${HYPER.beta1}] * first[i] + hyper[${HYPER.oneMinusBeta1}] * g;
  let v = hyper[${HYPER.beta2}] * second[i] + hyper[${HYPER.oneMinusBeta2}] * g * g;
  first[i] = m;
  second[i] = v;
  let rate = hyper[${HYPER.learningRate}];
  let decayed = parameters[i] * (1.0 - rate * hyper[${HYPER.weightDecay}]);
  let denominator = sqrt(v) / sqrt(control[${CONTROL.correction2}]) + hyper[${HYPER.epsilon}];
  parameters[i] = decayed - rate / control[${CONTROL.correction1}] * m / denominator;`,
      { flops: count * 16 },
    )
  },
}

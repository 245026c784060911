/** The ops of an optimizer step, by the formulas of torch.nn.utils.clip_grad_norm_ and torch.optim.AdamW. */
import { adamW } from '../../../src/engine/ops/optimizer/adam-w.ts'
import { addSum } from '../../../src/engine/ops/optimizer/add-sum.ts'
import { gradientCheck } from '../../../src/engine/ops/optimizer/gradient-check.ts'
import { CONTROL, HYPER, METRICS, STATE, stepControl } from '../../../src/engine/ops/optimizer/step-control.ts'
import { at, reference, zeros } from './tensor.ts'

const BLOCK = 1024

export const addSumReference = reference(addSum, (inputs) => {
  inputs[0]!.data[0]! += inputs[1]!.data.reduce((a, b) => a + b, 0)
  return []
})

export const gradientCheckReference = reference(gradientCheck, (inputs) => {
  const gradient = inputs[0]!.data
  const parts = zeros(Math.ceil(gradient.length / BLOCK), 2)
  gradient.forEach((g, i) => {
    const block = Math.floor(i / BLOCK)
    parts.data[2 * block]! += g * g
    if (!Number.isFinite(g)) parts.data[2 * block + 1]! += 1
  })
  return [parts]
})

/** 1 − βᵗ is written as a power here. */
export const stepControlReference = reference(stepControl, (inputs) => {
  const [parts, hyper, state, metrics] = [inputs[0]!, inputs[1]!, inputs[2]!, inputs[3]!]
  const sums = [0, 0]
  parts.data.forEach((part, i) => (sums[i % 2]! += part))
  const norm = Math.sqrt(sums[0]!)
  const loss = at(metrics, METRICS.lossSum)
  const skip = sums[1]! > 0 || !Number.isFinite(loss) || !Number.isFinite(norm)
  if (!skip) {
    const updates = at(state, STATE.updates) + 1
    state.data[STATE.updates] = updates
    state.data[STATE.correction1] = 1 - at(hyper, HYPER.beta1) ** updates
    state.data[STATE.correction2] = 1 - at(hyper, HYPER.beta2) ** updates
  }
  const clip = at(hyper, HYPER.clipNorm)
  const control = zeros(CONTROL.size)
  control.data[CONTROL.gradientScale] = clip > 0 ? Math.min(1, clip / (norm + 1e-6)) : 1
  control.data[CONTROL.correction1] = at(state, STATE.correction1)
  control.data[CONTROL.correction2] = at(state, STATE.correction2)
  control.data[CONTROL.skip] = skip ? 1 : 0
  metrics.data.set([0, loss, norm, skip ? 1 : 0])
  return [control]
})

export const adamWReference = reference(adamW, (inputs) => {
  const [parameters, gradient, first, second] = inputs.slice(0, 4).map((input) => input!.data) as [Float64Array, Float64Array, Float64Array, Float64Array]
  const [control, hyper] = [inputs[4]!, inputs[5]!]
  const rate = at(hyper, HYPER.learningRate)
  const [beta1, beta2] = [at(hyper, HYPER.beta1), at(hyper, HYPER.beta2)]
  if (at(control, CONTROL.skip) === 0) {
    gradient.forEach((raw, i) => {
      const g = raw * at(control, CONTROL.gradientScale)
      first[i] = beta1 * first[i]! + (1 - beta1) * g
      second[i] = beta2 * second[i]! + (1 - beta2) * g * g
      const mean = first[i] / at(control, CONTROL.correction1)
      const deviation = Math.sqrt(second[i] / at(control, CONTROL.correction2)) + at(hyper, HYPER.epsilon)
      parameters[i] = parameters[i]! * (1 - rate * at(hyper, HYPER.weightDecay)) - (rate * mean) / deviation
    })
  }
  gradient.fill(0)
  return []
})

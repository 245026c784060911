/** Ops that work element by element: ones, integers, scale, sum, gated activation, dropout. */
import { threefry2x32, uniformFromBits } from '../../../src/engine/random.ts'
import { integers, ones } from '../../../src/engine/ops/constant.ts'
import { dropout } from '../../../src/engine/ops/dropout.ts'
import { gatedActivation, gatedActivationGradient } from '../../../src/engine/ops/gated-activation.ts'
import { scale } from '../../../src/engine/ops/scale.ts'
import { sum } from '../../../src/engine/ops/sum.ts'
import { at, given, like, reference, zeros } from './tensor.ts'

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

export const scaleReference = reference(scale, ([x], { factor }) => [like(x!, (i) => at(x!, i) * factor)])

export const integersReference = reference(integers, (_inputs, { values }) => [{ shape: [values.length], data: Float64Array.from(values) }])

export const onesReference = reference(ones, (_inputs, { shape }) => [like(zeros(...shape), () => 1)])

export const sumReference = reference(sum, (inputs) => {
  const terms = given(inputs)
  return [like(terms[0]!, (i) => terms.reduce((total, x) => total + at(x, i), 0))]
})

export const gatedActivationReference = reference(gatedActivation, (inputs) => {
  const [gate, up] = given(inputs) as [(typeof inputs)[0] & object, (typeof inputs)[0] & object]
  return [like(gate, (i) => at(gate, i) * sigmoid(at(gate, i)) * at(up, i))]
})

export const gatedActivationGradientReference = reference(gatedActivationGradient, (inputs) => {
  const [dy, gate, up] = [inputs[0]!, inputs[1]!, inputs[2]!]
  const slope = (g: number) => sigmoid(g) + g * sigmoid(g) * sigmoid(-g)
  return [like(gate, (i) => at(dy, i) * at(up, i) * slope(at(gate, i))), like(gate, (i) => at(dy, i) * at(gate, i) * sigmoid(at(gate, i)))]
})

/** The probability is compared as f32, as every engine sees it. */
export const dropoutReference = reference(dropout, (inputs, { probability, stream }) => {
  const [x, key] = [inputs[0]!, inputs[1]!]
  const kept = (i: number) => uniformFromBits(threefry2x32(at(key, 0), at(key, 1), i, stream)[0]) >= Math.fround(probability)
  return [like(x, (i) => (kept(i) ? at(x, i) / (1 - probability) : 0))]
})

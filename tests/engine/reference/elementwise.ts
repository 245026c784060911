/** Ops that work element by element: ones, integers, scale, sum, activations, dropout. */
import { threefry2x32, uniformFromBits } from '../../../src/engine/random.ts'
import type { ActivationFunction } from '../../../src/engine/ops/activation-function.ts'
import { activation, activationGradient } from '../../../src/engine/ops/activation.ts'
import { integers, ones } from '../../../src/engine/ops/constant.ts'
import { dropout } from '../../../src/engine/ops/dropout.ts'
import { gatedActivation, gatedActivationGradient } from '../../../src/engine/ops/gated-activation.ts'
import { scale } from '../../../src/engine/ops/scale.ts'
import { softcap } from '../../../src/engine/ops/softcap.ts'
import { sum } from '../../../src/engine/ops/sum.ts'
import { at, given, like, reference, zeros } from './tensor.ts'

/** erf by its Maclaurin series, and erfc by its continued fraction (Lentz's method), where each converges fast. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  if (x < 2.5) {
    let [term, sum] = [x, x]
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = x
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const phi = (x: number) => erfc(-x / Math.SQRT2) / 2

/** Each function with its derivative, as the books have them. */
const ACTIVATIONS: Record<ActivationFunction, { f(x: number): number; slope(x: number): number }> = {
  relu: { f: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
  silu: { f: (x) => x * sigmoid(x), slope: (x) => sigmoid(x) + x * sigmoid(x) * sigmoid(-x) },
  quickGelu: { f: (x) => x * sigmoid(1.702 * x), slope: (x) => sigmoid(1.702 * x) + 1.702 * x * sigmoid(1.702 * x) * sigmoid(-1.702 * x) },
  gelu: { f: (x) => x * phi(x), slope: (x) => phi(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI) },
  geluTanh: {
    f: (x) => 0.5 * x * (1 + Math.tanh(tanhArgument(x))),
    slope: (x) => {
      const tanh = Math.tanh(tanhArgument(x))
      return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh ** 2) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2)
    },
  },
}

const tanhArgument = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)

export const scaleReference = reference(scale, ([x], { factor }) => [like(x!, (i) => at(x!, i) * factor)])

export const integersReference = reference(integers, (_inputs, { values }) => [{ shape: [values.length], data: Float64Array.from(values) }])

export const onesReference = reference(ones, (_inputs, { shape }) => [like(zeros(...shape), () => 1)])

export const softcapReference = reference(softcap, ([x], { cap }) => [like(x!, (i) => cap * Math.tanh(at(x!, i) / cap))])

export const sumReference = reference(sum, (inputs) => {
  const terms = given(inputs)
  return [like(terms[0]!, (i) => terms.reduce((total, x) => total + at(x, i), 0))]
})

export const activationReference = reference(activation, (inputs, attributes) => {
  const x = inputs[0]!
  return [like(x, (i) => ACTIVATIONS[attributes.function].f(at(x, i)))]
})

export const activationGradientReference = reference(activationGradient, (inputs, attributes) => {
  const [dy, x] = [inputs[0]!, inputs[1]!]
  return [like(x, (i) => at(dy, i) * ACTIVATIONS[attributes.function].slope(at(x, i)))]
})

export const gatedActivationReference = reference(gatedActivation, (inputs, attributes) => {
  const [gate, up] = [inputs[0]!, inputs[1]!]
  return [like(gate, (i) => ACTIVATIONS[attributes.function].f(at(gate, i)) * at(up, i))]
})

export const gatedActivationGradientReference = reference(gatedActivationGradient, (inputs, attributes) => {
  const [dy, gate, up] = [inputs[0]!, inputs[1]!, inputs[2]!]
  const { f, slope } = ACTIVATIONS[attributes.function]
  return [like(gate, (i) => at(dy, i) * at(up, i) * slope(at(gate, i))), like(gate, (i) => at(dy, i) * f(at(gate, i)))]
})

/** The probability is compared as f32, as every engine sees it. */
export const dropoutReference = reference(dropout, (inputs, { probability, stream }) => {
  const [x, key] = [inputs[0]!, inputs[1]!]
  const kept = (i: number) => uniformFromBits(threefry2x32(at(key, 0), at(key, 1), i, stream)[0]) >= Math.fround(probability)
  return [like(x, (i) => (kept(i) ? at(x, i) / (1 - probability) : 0))]
})

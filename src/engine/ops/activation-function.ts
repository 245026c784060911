/**
 * Functions that an MLP applies to each number, with their slopes, in the languages of all executors: x·σ(u(x)) for SiLU and for
 * the approximations of GELU, x·Φ(x) for GELU itself (Hendrycks & Gimpel, "Gaussian error linear units", 2016), and ReLU.
 */
import { f32Literal } from '../kernel.ts'
import type { OnnxWriter } from '../onnx/writer.ts'
import type { Tensor, Tf } from '../tfjs/context.ts'

export type ActivationFunction = 'relu' | 'silu' | 'gelu' | 'geluTanh' | 'quickGelu'

export interface ActivationForm {
  /** `activated(x)` and `slope(x)` over `type`, f32 or vec4f. */
  wgsl(type: string): string
  onnx(x: string, writer: OnnxWriter): string
  /** Shares with `onnx` what both need. */
  onnxSlope(x: string, writer: OnnxWriter): string
  tfjs(x: Tensor, tf: Tf): Tensor
}

/**
 * x·σ(u), u = x·(linear + cubic·x²), whose slope is σ + x·σ·(1 − σ)·(linear + 3·cubic·x²). In WGSL, exp overflows past 88: the
 * sigmoid is finite all the same, since 1/∞ is not relied on.
 */
function sigmoidForm(linear: number, cubic = 0): ActivationForm {
  const polynomial = (coefficient: number) => (cubic ? `(${f32Literal(linear)} + ${f32Literal(coefficient)} * x * x)` : f32Literal(linear))
  /** `linear + coefficient·x²` times `factor`. */
  const scaled = (factor: string, x: string, coefficient: number, writer: OnnxWriter) => {
    if (!cubic) return linear === 1 ? factor : writer.mul(factor, writer.float(linear))
    const square = writer.shared(`square ${x}`, () => writer.mul(x, x))
    return writer.mul(factor, writer.add(writer.mul(square, writer.float(coefficient)), writer.float(linear)))
  }
  const gateOf = (x: string, writer: OnnxWriter) =>
    writer.shared(`sigmoid ${linear} ${cubic} ${x}`, () => writer.op('Sigmoid', [scaled(x, x, cubic, writer)]))
  const activated = (x: string, writer: OnnxWriter) =>
    writer.shared(`gated by sigmoid ${linear} ${cubic} ${x}`, () => writer.mul(x, gateOf(x, writer)))
  return {
    wgsl: (type) => `fn gate_of(x: ${type}) -> ${type} {
  let u = x * ${polynomial(cubic)};
  return 1.0 / (1.0 + exp(-clamp(u, ${type}(-87.0), ${type}(87.0))));
}
fn activated(x: ${type}) -> ${type} { return x * gate_of(x); }
fn slope(x: ${type}) -> ${type} { let s = gate_of(x); return s + x * s * (1.0 - s) * ${polynomial(3 * cubic)}; }`,
    onnx(x, writer) {
      if (!writer.fused) return activated(x, writer)
      return cubic ? writer.contributed('FastGelu', [x]) : writer.contributed('QuickGelu', [x], { alpha: { float: linear } })
    },
    onnxSlope(x, writer) {
      const [gate, y] = [gateOf(x, writer), activated(x, writer)]
      return writer.add(gate, scaled(writer.sub(y, writer.mul(y, gate)), x, 3 * cubic, writer))
    },
    tfjs(x, tf) {
      const inner = cubic ? tf.mul(x, tf.add(tf.mul(tf.square(x), cubic), linear)) : linear === 1 ? x : tf.mul(x, linear)
      return tf.mul(x, tf.sigmoid(inner))
    },
  }
}

/**
 * Φ(x) to within 1e-7, and far finer in its lower tail: with z = x/√2, ½ + ½·erf(z) where |z| < 0.93, erf(z) = z·P(z²), and
 * ½·erfc(|z|) = ½·exp(Q(|z|)), or 1 less that, beyond. The coefficients are Juffa's (njuffa, "my_erff", also PyTorch's on Metal).
 */
const CENTRE = [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.128379166]
const TAIL = [-1.7285347e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.128717512, 0]
const CENTRE_END = 0.927734375

/** Horner's scheme, highest power first. */
const horner = (coefficients: readonly number[], x: string) => coefficients.map(f32Literal).reduce((sum, next) => `(${sum} * ${x} + ${next})`)

const ROOT_HALF = Math.SQRT1_2
const DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI)

/** 1 + erf(x/√2), twice Φ(x), in the form that ONNX Runtime recognises as part of a GELU. */
const twicePhi = (x: string, writer: OnnxWriter) =>
  writer.shared(`1 + erf ${x}`, () => writer.add(writer.op('Erf', [writer.op('Div', [x, writer.float(Math.SQRT2)])]), writer.float(1)))

/** x·Φ(x), whose slope is Φ + x·φ. */
const gelu: ActivationForm = {
  wgsl: (type) => `fn phi_of(x: ${type}) -> ${type} {
  let z = x * ${f32Literal(ROOT_HALF)};
  let square = z * z;
  let t = min(abs(z), ${type}(9.0));
  let tail = 0.5 * exp(${horner(TAIL, 't')});
  let outside = select(tail, 1.0 - tail, x > ${type}(0.0));
  return select(outside, 0.5 + 0.5 * z * ${horner(CENTRE, 'square')}, t < ${type}(${f32Literal(CENTRE_END)}));
}
fn activated(x: ${type}) -> ${type} { return x * phi_of(x); }
fn slope(x: ${type}) -> ${type} { return phi_of(x) + x * ${f32Literal(DENSITY_AT_ZERO)} * exp(max(-0.5 * x * x, ${type}(-87.0))); }`,
  onnx(x, writer) {
    return writer.fused ? writer.contributed('Gelu', [x]) : writer.mul(writer.mul(x, twicePhi(x, writer)), writer.float(0.5))
  },
  onnxSlope(x, writer) {
    const falling = writer.op('Exp', [writer.mul(writer.mul(x, x), writer.float(-0.5))])
    const density = writer.mul(falling, writer.float(DENSITY_AT_ZERO))
    return writer.add(writer.mul(twicePhi(x, writer), writer.float(0.5)), writer.mul(x, density))
  },
  tfjs: (x, tf) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, ROOT_HALF)), 1)),
}

const relu: ActivationForm = {
  wgsl: (type) => `fn activated(x: ${type}) -> ${type} { return max(x, ${type}(0.0)); }
fn slope(x: ${type}) -> ${type} { return select(${type}(0.0), ${type}(1.0), x > ${type}(0.0)); }`,
  onnx: (x, writer) => writer.op('Relu', [x]),
  onnxSlope: (x, writer) => writer.op('Where', [writer.op('Greater', [x, writer.float(0)]), writer.float(1), writer.float(0)]),
  tfjs: (x, tf) => tf.relu(x),
}

export const ACTIVATIONS: Readonly<Record<ActivationFunction, ActivationForm>> = {
  relu,
  gelu,
  silu: sigmoidForm(1),
  quickGelu: sigmoidForm(1.702),
  // ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), since ½·(1 + tanh u) = σ(2u).
  geluTanh: sigmoidForm(2 * Math.sqrt(2 / Math.PI), 2 * Math.sqrt(2 / Math.PI) * 0.044715),
}

/** softcap: y = cap · tanh(x / cap), which keeps numbers within ±cap (Gemma Team, "Gemma 2", 2024). */
import { elementCount, inputAt, requireShape, type Op } from '../graph.ts'
import { f32Literal } from '../kernel.ts'
import type { OnnxWriter } from '../onnx/writer.ts'
import type { Tensor, Tf } from '../tfjs/context.ts'
import { vectorized } from './elementwise.ts'

export interface SoftcapAttributes {
  readonly cap: number
}

/** `softcap(x)` over `type`, f32 or vec4f. Drivers may compute tanh of quotients of exp, which overflow: past 15 it is 1. */
export const softcapWgsl = (cap: number, type: string) =>
  `fn softcap(x: ${type}) -> ${type} { return ${f32Literal(cap)} * tanh(clamp(x / ${f32Literal(cap)}, ${type}(-15.0), ${type}(15.0))); }`

/** tanh(x / cap), of which cap times is y, and 1 less the square the slope. */
export const softcapTanh = (x: string, cap: number, writer: OnnxWriter) => writer.op('Tanh', [writer.mul(x, writer.float(1 / cap))])

export const softcapTfjs = (x: Tensor, cap: number, tf: Tf) => tf.mul(tf.tanh(tf.mul(x, 1 / cap)), cap)

/** x of any shape. Carries no gradient: where a loss follows, it is part of `crossEntropy`. */
export const softcap: Op<SoftcapAttributes> = {
  name: 'softcap',
  outputs([x]) {
    requireShape(x !== undefined, 'softcap', 'the input is missing')
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  kernels(node, context) {
    const y = node.outputs[0]!
    const { items, array, item } = vectorized(y)
    const functions = softcapWgsl(node.attributes.cap, item)
    const kernel = context.kernel('softcap').read('x', inputAt(node, 0), array).write('y', y, array)
    kernel.forEach(items, '  y[i] = softcap(x[i]);', { functions, flops: elementCount(y.shape) * 8 })
  },
  onnx(node, writer) {
    const { cap } = node.attributes
    writer.define(node.outputs[0]!, writer.mul(softcapTanh(writer.of(node.inputs[0]), cap, writer), writer.float(cap)))
  },
  tfjs: (node, { tf, of }) => [softcapTfjs(of(node.inputs[0]), node.attributes.cap, tf)],
}

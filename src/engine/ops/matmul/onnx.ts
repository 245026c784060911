/** matmul in ONNX: a chain of Gemms, each of which adds to the one before. */
import { inputAt, type Node } from '../../graph.ts'
import { product } from '../../onnx/quantised.ts'
import type { OnnxWriter } from '../../onnx/writer.ts'
import { matmulInputs, type MatmulAttributes } from './attributes.ts'

export function matmulOnnx(node: Node<MatmulAttributes>, writer: OnnxWriter): void {
  const { terms, into } = node.attributes
  const optional = (index: number) => (node.inputs[index] ? writer.of(node.inputs[index]) : undefined)
  const bias = optional(matmulInputs.bias(node.attributes))
  const variable = into ? node.inputs[matmulInputs.into(node.attributes)]! : undefined
  const addend = variable ? writer.of(variable) : optional(matmulInputs.addend(node.attributes))
  let sum = addend ?? bias
  terms.forEach((flags, t) => {
    const at = matmulInputs.term(t)
    const scale = optional(at.scale)
    const a = scale === undefined ? writer.of(node.inputs[at.a]) : writer.mul(writer.of(node.inputs[at.a]), scale)
    sum = product(a, inputAt(node, at.b), flags, sum, writer)
  })
  if (addend !== undefined && bias !== undefined) sum = writer.add(sum!, bias)
  writer.define(variable ?? node.outputs[0]!, sum!)
}

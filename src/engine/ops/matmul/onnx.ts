/** matmul in ONNX: a chain of Gemms, each of which adds to the one before. */
import type { Node } from '../../graph.ts'
import type { OnnxWriter } from '../../onnx/writer.ts'
import { matmulInputs, type MatmulAttributes } from './attributes.ts'

export function matmulOnnx(node: Node<MatmulAttributes>, writer: OnnxWriter): void {
  const { terms, into } = node.attributes
  const optional = (index: number) => (node.inputs[index] ? writer.of(node.inputs[index]) : undefined)
  const bias = optional(matmulInputs.bias(node.attributes))
  const variable = into ? node.inputs[matmulInputs.into(node.attributes)]! : undefined
  const addend = variable ? writer.of(variable) : optional(matmulInputs.addend(node.attributes))
  let sum = addend ?? bias
  terms.forEach(({ transposeA, transposeB, alpha }, t) => {
    const at = matmulInputs.term(t)
    const scale = optional(at.scale)
    const a = scale === undefined ? writer.of(node.inputs[at.a]) : writer.mul(writer.of(node.inputs[at.a]), scale)
    const flags = { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } }
    sum = writer.op('Gemm', [a, writer.of(node.inputs[at.b]), ...(sum === undefined ? [] : [sum])], flags)
  })
  if (addend !== undefined && bias !== undefined) sum = writer.add(sum!, bias)
  writer.define(variable ?? node.outputs[0]!, sum!)
}

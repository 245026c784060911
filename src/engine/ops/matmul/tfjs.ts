/** matmul in TensorFlow.js: its products, added up. */
import type { Node } from '../../graph.ts'
import type { Tensor, TfjsContext } from '../../tfjs/context.ts'
import { matmulInputs, type MatmulAttributes } from './attributes.ts'

export function matmulTfjs(node: Node<MatmulAttributes>, context: TfjsContext): Tensor[] {
  const { tf } = context
  const optional = (index: number) => (node.inputs[index] ? [context.of(node.inputs[index])] : [])
  const products = node.attributes.terms.map(({ transposeA, transposeB, alpha }, t) => {
    const at = matmulInputs.term(t)
    const factors = [...(alpha === 1 ? [] : [tf.scalar(alpha)]), ...optional(at.scale)]
    const a = factors.reduce((scaled, factor) => tf.mul(scaled, factor), context.of(node.inputs[at.a]))
    const b = context.of(node.inputs[at.b])
    const empty = a.shape[transposeA ? 0 : 1] === 0
    return empty ? tf.zeros([a.shape[transposeA ? 1 : 0]!, b.shape[transposeB ? 0 : 1]!]) : tf.matMul(a, b, transposeA, transposeB)
  })
  const added = [...optional(matmulInputs.addend(node.attributes)), ...optional(matmulInputs.bias(node.attributes))]
  return [[...products, ...added].reduce((sum, part) => tf.add(sum, part))]
}

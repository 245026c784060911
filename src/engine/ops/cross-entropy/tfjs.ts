/** crossEntropy in TensorFlow.js: the label's own logit is a product with its row of the vocabulary, so nothing is one-hot. */
import type { Node } from '../../graph.ts'
import type { Tensor, TfjsContext } from '../../tfjs/context.ts'
import { softcapTfjs } from '../softcap.ts'
import type { CrossEntropyAttributes } from './index.ts'

export function crossEntropyTfjs(node: Node<CrossEntropyAttributes>, context: TfjsContext): (Tensor | undefined)[] {
  const { tf } = context
  const [hidden, vocabulary, targets, weights] = [0, 1, 2, 3].map((i) => context.of(node.inputs[i])) as [Tensor, Tensor, Tensor, Tensor]
  const { softcap } = node.attributes
  const capped = (logits: Tensor) => (softcap === undefined ? logits : softcapTfjs(logits, softcap, tf))
  const losses = (rows: Tensor): Tensor => {
    const own = capped(tf.sum(tf.mul(rows, tf.gather(vocabulary, targets)), 1))
    return tf.mul(weights, tf.sub(tf.logSumExp(capped(tf.matMul(rows, vocabulary, false, true)), 1), own))
  }
  const gradient = () => tf.grad((rows: Tensor) => tf.sum(losses(rows)))(hidden)
  return [losses(hidden), context.isUsed(node.outputs[1]) ? gradient() : undefined]
}

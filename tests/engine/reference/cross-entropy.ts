/** crossEntropy: weighted −log softmax(hidden·vocabularyᵀ) at the targets, and the gradient of the sum with respect to hidden. */
import { crossEntropy } from '../../../src/engine/ops/cross-entropy/index.ts'
import { at, reference, size, zeros } from './tensor.ts'

export const crossEntropyReference = reference(crossEntropy, (inputs, { softcap = Infinity }) => {
  const [hidden, vocabulary, targets, weights] = [inputs[0]!, inputs[1]!, inputs[2]!, inputs[3]!]
  const [rows, width, words] = [size(hidden, 0), size(hidden, 1), size(vocabulary, 0)]
  const losses = zeros(rows)
  const dHidden = zeros(rows, width)
  for (let m = 0; m < rows; m++) {
    const weight = at(weights, m)
    if (weight === 0) continue
    const logits = Array.from({ length: words }, (_, v) => {
      let total = 0
      for (let d = 0; d < width; d++) total += at(hidden, m * width + d) * at(vocabulary, v * width + d)
      return softcap === Infinity ? total : softcap * Math.tanh(total / softcap)
    })
    const top = logits.reduce((a, b) => Math.max(a, b))
    const logSum = top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0))
    losses.data[m] = weight * (logSum - logits[at(targets, m)]!)
    logits.forEach((logit, v) => {
      const dLogit = weight * (Math.exp(logit - logSum) - (v === at(targets, m) ? 1 : 0)) * (1 - (logit / softcap) ** 2)
      for (let d = 0; d < width; d++) dHidden.data[m * width + d]! += dLogit * at(vocabulary, v * width + d)
    })
  }
  return [losses, dHidden]
})

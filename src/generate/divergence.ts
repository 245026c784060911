/** How far one model's next-token distributions are from another's. */

/**
 * Mean over the rows of KL(p ‖ q) = Σ p · (log p − log q), in nats, from the logits [rows, vocabulary] of both; in float64.
 * 0 where they are equal, and never below.
 */
export function meanDivergence(p: Float32Array, q: Float32Array, vocabularySize: number): number {
  const rows = p.length / vocabularySize
  let sum = 0
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * vocabularySize, (row + 1) * vocabularySize]
    sum += divergence(p.subarray(from, to), q.subarray(from, to))
  }
  return rows > 0 ? sum / rows : 0
}

function divergence(p: Float32Array, q: Float32Array): number {
  const [totalP, totalQ] = [logSumExp(p), logSumExp(q)]
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    const logP = p[i]! - totalP
    sum += Math.exp(logP) * (logP - (q[i]! - totalQ))
  }
  return Math.max(0, sum)
}

function logSumExp(logits: Float32Array): number {
  let largest = -Infinity
  for (const logit of logits) largest = Math.max(largest, logit)
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - largest)
  return largest + Math.log(sum)
}

/** An adapter taken into the weight it sits on. */
import type { LoraPair } from './types.ts'

/** W + scale · B·A, summed in float64 and rounded once. W [out, in], row-major; a fresh array. */
export function mergeLora(
  weight: Float32Array,
  { inFeatures, outFeatures, a, b }: LoraPair,
  scale: number,
): Float32Array<ArrayBuffer> {
  const rank = a.length / inFeatures
  const merged = new Float32Array(weight.length)
  const row = new Float64Array(inFeatures)
  for (let o = 0; o < outFeatures; o++) {
    row.fill(0)
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[o * rank + r]!
      const from = r * inFeatures
      for (let i = 0; i < inFeatures; i++) row[i]! += factor * a[from + i]!
    }
    const at = o * inFeatures
    for (let i = 0; i < inFeatures; i++) merged[at + i] = weight[at + i]! + row[i]!
  }
  return merged
}

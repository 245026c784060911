/** An adapter taken into the weight it sits on. */
import type { LoraPair } from './types.ts'

/** W + scale · B·A, summed in float64 and rounded once. W [out, in], or [in, out] where the pair says so; a fresh array. */
export function mergeLora(weight: Float32Array, pair: LoraPair, scale: number): Float32Array<ArrayBuffer> {
  const { inFeatures, outFeatures, a, b, fanInFanOut } = pair
  const rank = a.length / inFeatures
  const [rows, columns] = fanInFanOut ? [inFeatures, outFeatures] : [outFeatures, inFeatures]
  // Each as [rank, features].
  const [ofRows, ofColumns] = fanInFanOut ? [a, turned(b, outFeatures, rank)] : [turned(b, outFeatures, rank), a]
  const merged = new Float32Array(weight.length)
  const sums = new Float64Array(columns)
  for (let row = 0; row < rows; row++) {
    sums.fill(0)
    for (let r = 0; r < rank; r++) {
      const factor = scale * ofRows[r * rows + row]!
      const from = r * columns
      for (let column = 0; column < columns; column++) sums[column]! += factor * ofColumns[from + column]!
    }
    const at = row * columns
    for (let column = 0; column < columns; column++) merged[at + column] = weight[at + column]! + sums[column]!
  }
  return merged
}

/** [rows, columns] → [columns, rows]. */
function turned(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!)
}

/** What an adapter changes in the weights it sits on: ΔW = scale · B·A, looked at without ever being written out. */
import { symmetricEigenvalues } from './eigenvalues.ts'
import type { LoraPair } from './types.ts'

export interface WeightChange {
  /** ‖ΔW‖, the Frobenius norm. */
  norm: number
  /** Singular values of ΔW, largest first, `rank` of them. */
  singularValues: number[]
  /** Outputs of the layer whose rows of ΔW are longest: [row, length], longest first. */
  rows: [row: number, length: number][]
}

/**
 * Of a pair A [rank, in], B [out, rank]. The squared singular values of B·A are the eigenvalues of L·(BᵀB)·Lᵀ for any L with
 * LᵀL = AAᵀ, a matrix of rank × rank; all sums are float64.
 */
export function weightChange({ a, b, inFeatures, outFeatures }: LoraPair, scale: number, mostRows = 5): WeightChange {
  const rank = a.length / inFeatures
  const ofA = gram(rank, inFeatures, (r, i) => a[r * inFeatures + i]!)
  const ofB = gram(rank, outFeatures, (r, o) => b[o * rank + r]!)
  const squares = symmetricEigenvalues(between(cholesky(ofA, rank), ofB, rank), rank)
  const singularValues = squares.map((square) => Math.abs(scale) * Math.sqrt(Math.max(0, square))).sort((x, y) => y - x)
  const rows = Array.from({ length: outFeatures }, (_, row): [number, number] => {
    const part = b.subarray(row * rank, (row + 1) * rank)
    return [row, Math.abs(scale) * Math.sqrt(Math.max(0, quadratic(ofA, part)))]
  })
  return {
    norm: Math.sqrt(singularValues.reduce((sum, value) => sum + value * value, 0)),
    singularValues,
    rows: rows.sort((x, y) => y[1] - x[1]).slice(0, mostRows),
  }
}

/** M·Mᵀ of rank rows of `length`, row-major. */
function gram(rank: number, length: number, at: (row: number, column: number) => number): Float64Array {
  const products = new Float64Array(rank * rank)
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = 0; k < length; k++) sum += at(i, k) * at(j, k)
      products[i * rank + j] = products[j * rank + i] = sum
    }
  }
  return products
}

/** C, lower triangular, with C·Cᵀ = M; columns that depend on others, to rounding, are zero. */
function cholesky(m: Float64Array, size: number): Float64Array {
  const c = new Float64Array(size * size)
  const tiny = 1e-14 * Math.max(...Array.from({ length: size }, (_, i) => m[i * size + i]!))
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = m[i * size + j]!
      for (let k = 0; k < j; k++) sum -= c[i * size + k]! * c[j * size + k]!
      if (i === j) c[i * size + j] = sum > tiny ? Math.sqrt(sum) : 0
      else c[i * size + j] = c[j * size + j]! > 0 ? sum / c[j * size + j]! : 0
    }
  }
  return c
}

/** Cᵀ·M·C. */
function between(c: Float64Array, m: Float64Array, size: number): Float64Array {
  const product = (x: (i: number, k: number) => number, y: (k: number, j: number) => number) =>
    Float64Array.from({ length: size * size }, (_, at) => {
      let sum = 0
      for (let k = 0; k < size; k++) sum += x(Math.floor(at / size), k) * y(k, at % size)
      return sum
    })
  const right = product((i, k) => m[i * size + k]!, (k, j) => c[k * size + j]!)
  return product((i, k) => c[k * size + i]!, (k, j) => right[k * size + j]!)
}

/** vᵀ·M·v. */
function quadratic(m: Float64Array, v: Float32Array): number {
  let sum = 0
  for (let i = 0; i < v.length; i++) for (let j = 0; j < v.length; j++) sum += v[i]! * m[i * v.length + j]! * v[j]!
  return sum
}

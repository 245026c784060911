/** Eigenvalues of a small symmetric matrix, by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5). */

const SWEEPS = 60

/** `matrix` [size, size], row-major. In no order. */
export function symmetricEigenvalues(matrix: Float64Array, size: number): number[] {
  const m = matrix.slice()
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(m, size) > 0; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(m, size, p, q)
  }
  return Array.from({ length: size }, (_, i) => m[i * size + i]!)
}

/** What stands beside the diagonal, as far as it counts beside the largest entry of that. */
function offDiagonal(m: Float64Array, size: number): number {
  let beside = 0
  let largest = 0
  for (let i = 0; i < size; i++) {
    largest = Math.max(largest, Math.abs(m[i * size + i]!))
    for (let j = i + 1; j < size; j++) beside = Math.max(beside, Math.abs(m[i * size + j]!))
  }
  return beside > 1e-16 * largest ? beside : 0
}

/** Turns the plane of p and q so that m[p, q] becomes zero. */
function rotate(m: Float64Array, size: number, p: number, q: number): void {
  const beside = m[p * size + q]!
  if (beside === 0) return
  const theta = (m[q * size + q]! - m[p * size + p]!) / (2 * beside)
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const cosine = 1 / Math.hypot(t, 1)
  const sine = t * cosine
  for (let k = 0; k < size; k++) {
    const [kp, kq] = [m[k * size + p]!, m[k * size + q]!]
    m[k * size + p] = cosine * kp - sine * kq
    m[k * size + q] = sine * kp + cosine * kq
  }
  for (let k = 0; k < size; k++) {
    const [pk, qk] = [m[p * size + k]!, m[q * size + k]!]
    m[p * size + k] = cosine * pk - sine * qk
    m[q * size + k] = sine * pk + cosine * qk
  }
}

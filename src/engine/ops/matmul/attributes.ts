/** What a matmul node carries, and where among its inputs what lies. */

export interface TermAttributes {
  /** A is stored as [K, M]. */
  readonly transposeA: boolean
  /** B is stored as [N, K]. */
  readonly transposeB: boolean
  readonly alpha: number
}

export interface MatmulAttributes {
  readonly terms: readonly TermAttributes[]
  /** Adds the product to this variable (the last input) in place; the node then has no output. */
  readonly into: boolean
}

/** Inputs are laid out as a₀, b₀, scale₀, a₁, …, bias, addend, into. */
export const matmulInputs = {
  term: (t: number) => ({ a: 3 * t, b: 3 * t + 1, scale: 3 * t + 2 }),
  bias: (attributes: MatmulAttributes) => 3 * attributes.terms.length,
  addend: (attributes: MatmulAttributes) => 3 * attributes.terms.length + 1,
  into: (attributes: MatmulAttributes) => 3 * attributes.terms.length + 2,
}

/** One product C = Σ αₜ·sₜ·Aₜ·Bₜ (+ bias)(+ addend)(+ C): what a matmul kernel is asked for. */
import type { Operand } from '../../kernel.ts'
import type { OperandLayout } from './operand.ts'

/** A is [M, K] ('columns') or its transpose in memory ('rows'); B is [N, K] ('columns') or [K, N] ('rows'). */
export interface ProductTerm {
  readonly a: Operand
  readonly aLayout: OperandLayout
  readonly b: Operand
  readonly bLayout: OperandLayout
  readonly inner: number
  readonly alpha: number
  /** A single f32 that multiplies the term, read when the kernel runs. */
  readonly scale?: Operand | undefined
}

export interface Product {
  readonly rows: number
  readonly columns: number
  readonly terms: readonly ProductTerm[]
  readonly output: Operand
  readonly outputOffset: number
  readonly outputStride: number
  readonly bias?: Operand | undefined
  readonly biasOffset: number
  readonly addend?: Operand | undefined
  /** Add to what the output holds. */
  readonly accumulate: boolean
}

export interface Tiling {
  /** Outputs of one invocation: rows, and columns in fours. */
  readonly rows: number
  readonly columnFours: number
  /** Invocations of a workgroup along columns and rows. */
  readonly groupX: number
  readonly groupY: number
  /** Parts the inner dimension is cut into, each summed by its own workgroups. */
  readonly splits: number
}

export const productFlops = (product: Product) =>
  2 * product.rows * product.columns * product.terms.reduce((total, term) => total + term.inner, 0)

/** Bindings a term needs beside the output. */
export const termBindings = (term: ProductTerm) => (term.scale ? 3 : 2)

/** Tensors in float64 and how a reference is tied to its op. References are plain loops, written from the formulas alone. */
import type { Op } from '../../../src/engine/graph.ts'

export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export interface Reference {
  readonly op: string
  evaluate(inputs: readonly (Tensor | undefined)[], attributes: unknown): Tensor[]
}

/** The float64 meaning of `op`. In-place ops change their inputs' data and give nothing. */
export function reference<Attributes>(
  op: Op<Attributes>,
  compute: (inputs: readonly (Tensor | undefined)[], attributes: Attributes) => Tensor[],
): Reference {
  return { op: op.name, evaluate: (inputs, attributes) => compute(inputs, attributes as Attributes) }
}

export const zeros = (...shape: number[]): Tensor => ({ shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) })
export const like = (x: Tensor, of: (i: number) => number): Tensor => ({ shape: x.shape, data: Float64Array.from(x.data, (_, i) => of(i)) })
export const size = (x: Tensor, axis: number) => x.shape[axis] ?? 1
export const at = (x: Tensor, i: number) => x.data[i] ?? 0

/** The inputs an op cannot do without. */
export function given(inputs: readonly (Tensor | undefined)[]): Tensor[] {
  return inputs.filter((input) => input !== undefined)
}

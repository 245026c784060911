/** matmul: C = Σₜ αₜ·sₜ·op(Aₜ)·op(Bₜ) + bias + addend, or the same added to a variable. */
import { matmulInputs } from '../../../src/engine/ops/matmul/attributes.ts'
import { matmulOp } from '../../../src/engine/ops/matmul/index.ts'
import { at, reference, size, zeros, type Tensor } from './tensor.ts'

function element(x: Tensor, row: number, column: number, transposed: boolean): number {
  return transposed ? at(x, column * size(x, 1) + row) : at(x, row * size(x, 1) + column)
}

export const matmulReference = reference(matmulOp, (inputs, attributes) => {
  const [a, b] = [inputs[0]!, inputs[1]!]
  const first = attributes.terms[0]!
  const rows = size(a, first.transposeA ? 1 : 0)
  const columns = size(b, first.transposeB ? 0 : 1)
  const c = zeros(rows, columns)
  attributes.terms.forEach((term, t) => {
    const places = matmulInputs.term(t)
    const [left, right, scale] = [inputs[places.a]!, inputs[places.b]!, inputs[places.scale]]
    const inner = size(left, term.transposeA ? 0 : 1)
    const factor = term.alpha * (scale ? at(scale, 0) : 1)
    for (let m = 0; m < rows; m++) {
      for (let n = 0; n < columns; n++) {
        let total = 0
        for (let k = 0; k < inner; k++) total += element(left, m, k, term.transposeA) * element(right, k, n, term.transposeB)
        c.data[m * columns + n]! += factor * total
      }
    }
  })
  const bias = inputs[matmulInputs.bias(attributes)]
  const addend = inputs[matmulInputs.addend(attributes)]
  for (let i = 0; i < c.data.length; i++) c.data[i]! += (bias ? at(bias, i % columns) : 0) + (addend ? at(addend, i) : 0)
  if (!attributes.into) return [c]
  const into = inputs[matmulInputs.into(attributes)]!
  c.data.forEach((value, i) => (into.data[i]! += value))
  return []
})

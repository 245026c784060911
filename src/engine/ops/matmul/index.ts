/**
 * matmul: C = Σₜ αₜ·sₜ·op(Aₜ)·op(Bₜ) (+ bias over rows) (+ addend). A linear layer with its LoRA is two terms of one product,
 * and the gradient of a value that feeds several layers is one product of several terms.
 */
import { requireShape, sameShape, type Graph, type Node, type Op, type Value } from '../../graph.ts'
import { matmulInputs, type MatmulAttributes } from './attributes.ts'
import { emitMatmul } from './emit.ts'
import { matmulOnnx } from './onnx.ts'
import { matmulTfjs } from './tfjs.ts'

export interface MatmulTerm {
  a: Value
  b: Value
  transposeA?: boolean
  transposeB?: boolean
  alpha?: number
  /** [1]: multiplies the term at run time; carries no gradient. */
  scale?: Value | undefined
}

const rowsAndInner = (shape: readonly number[], transposed: boolean) => (transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!])

export const matmulOp: Op<MatmulAttributes> = {
  name: 'matmul',
  outputs(inputs, attributes) {
    let shape: number[] | undefined
    attributes.terms.forEach((term, t) => {
      const a = inputs[3 * t]?.shape
      const b = inputs[3 * t + 1]?.shape
      requireShape(a?.length === 2 && b?.length === 2, 'matmul', `term ${t} needs two matrices`)
      const [rows, inner] = rowsAndInner(a, term.transposeA)
      const [bInner, columns] = rowsAndInner(b, term.transposeB)
      requireShape(inner === bInner, 'matmul', `inner sizes ${inner} and ${bInner} of term ${t} differ`)
      requireShape(!shape || (shape[0] === rows && shape[1] === columns), 'matmul', `term ${t} has another shape`)
      shape = [rows!, columns!]
    })
    requireShape(shape !== undefined, 'matmul', 'no terms')
    const bias = inputs[matmulInputs.bias(attributes)]
    requireShape(!bias || (bias.shape.length === 1 && bias.shape[0] === shape[1]), 'matmul', 'the bias has another size')
    for (const other of [inputs[matmulInputs.addend(attributes)], inputs[matmulInputs.into(attributes)]]) {
      requireShape(!other || sameShape(other.shape, shape), 'matmul', 'what it is added to has another shape')
    }
    return attributes.into ? [] : [{ shape, dtype: 'f32' }]
  },
  gradient: matmulGradient,
  updates: (attributes) => (attributes.into ? [matmulInputs.into(attributes)] : []),
  kernels: emitMatmul,
  onnx: matmulOnnx,
  tfjs: matmulTfjs,
}

function matmulGradient(graph: Graph, node: Node<MatmulAttributes>, [dc]: readonly (Value | undefined)[], wanted: readonly boolean[]) {
  const gradients: (Value | undefined)[] = node.inputs.map(() => undefined)
  if (!dc) return gradients
  node.attributes.terms.forEach((term, t) => {
    const at = matmulInputs.term(t)
    const a = node.inputs[at.a]!
    const b = node.inputs[at.b]!
    const scale = node.inputs[at.scale]
    requireShape(!wanted[at.scale], 'matmul', 'the scale of a term has no gradient')
    const { transposeA, transposeB, alpha } = term
    if (wanted[at.a]) {
      gradients[at.a] = transposeA
        ? matmul(graph, [{ a: b, b: dc, transposeA: transposeB, transposeB: true, alpha, scale }])
        : matmul(graph, [{ a: dc, b, transposeB: !transposeB, alpha, scale }])
    }
    if (wanted[at.b]) {
      gradients[at.b] = transposeB
        ? matmul(graph, [{ a: dc, b: a, transposeA: true, transposeB: transposeA, alpha, scale }])
        : matmul(graph, [{ a, b: dc, transposeA: !transposeA, alpha, scale }])
    }
  })
  const bias = matmulInputs.bias(node.attributes)
  requireShape(!wanted[bias], 'matmul', 'a bias is frozen and has no gradient')
  if (wanted[matmulInputs.addend(node.attributes)]) gradients[matmulInputs.addend(node.attributes)] = dc
  return gradients
}

const flatten = (terms: readonly MatmulTerm[]) => terms.flatMap((term) => [term.a, term.b, term.scale])

const attributesOf = (terms: readonly MatmulTerm[], into: boolean): MatmulAttributes => ({
  terms: terms.map(({ transposeA = false, transposeB = false, alpha = 1 }) => ({ transposeA, transposeB, alpha })),
  into,
})

/** Σ of the terms, plus a bias [N] for every row and an addend [M, N]. */
export function matmul(graph: Graph, terms: readonly MatmulTerm[], extra: { bias?: Value | undefined; addend?: Value | undefined; name?: string } = {}): Value {
  return graph.applyOne(matmulOp, [...flatten(terms), extra.bias, extra.addend], attributesOf(terms, false), extra.name)
}

/** Adds Σ of the terms to a variable in place. */
export function matmulInto(graph: Graph, variable: Value, terms: readonly MatmulTerm[]): void {
  graph.apply(matmulOp, [...flatten(terms), undefined, undefined, variable], attributesOf(terms, true))
}

/** The terms of a matmul node, as they were given. */
export function termsOf(node: Node<MatmulAttributes>): MatmulTerm[] {
  return node.attributes.terms.map((term, t) => {
    const at = matmulInputs.term(t)
    return { ...term, a: node.inputs[at.a]!, b: node.inputs[at.b]!, scale: node.inputs[at.scale] }
  })
}


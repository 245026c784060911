/** The WGSL that multiplies one term of a product, shared by the matmul kernels. */
import { f32Literal, type KernelBuilder } from '../../kernel.ts'
import { arrayType, loaders, loadsInFours } from './operand.ts'
import type { Product, ProductTerm, Tiling } from './product.ts'

export const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** Binds the operands of every term and returns their loaders and factors as WGSL functions. */
export function bindTerms(kernel: KernelBuilder, product: Product): string {
  return product.terms
    .map((term, t) => {
      const aColumns = term.aLayout.along === 'columns' ? term.inner : product.rows
      const bColumns = term.bLayout.along === 'columns' ? term.inner : product.columns
      const aFours = loadsInFours(term.aLayout, aColumns)
      const bFours = loadsInFours(term.bLayout, bColumns)
      kernel.read(`a${t}`, term.a, arrayType(term.aLayout, aFours)).read(`b${t}`, term.b, arrayType(term.bLayout, bFours))
      if (term.scale) kernel.read(`s${t}`, term.scale)
      return loaders(`a${t}`, term.aLayout, aColumns, aFours) + loaders(`b${t}`, term.bLayout, bColumns, bFours)
    })
    .join('\n')
}

/** The factor of a term as a WGSL expression, empty where it is one. */
export function termFactor(term: ProductTerm, t: number): string {
  return [term.alpha === 1 ? '' : f32Literal(term.alpha), term.scale ? `s${t}[0]` : ''].filter(Boolean).join(' * ')
}

/** True where neither operand is zero-filled beyond K, so that the tail must be masked. */
const needsMask = (term: ProductTerm) => term.inner % 4 !== 0 && term.aLayout.along === 'rows' && term.bLayout.along === 'rows'

function loadFragments(operand: 'a' | 'b', t: number, along: 'columns' | 'rows', count: number, suffix: (j: number) => string): string {
  const axis = operand === 'a' ? 'm' : 'n'
  if (along === 'columns') return range(count).map((i) => `    let ${operand}_${i} = ${operand}${t}_four(${axis}_${i}, k)${suffix(0)};`).join('\n')
  return range(4)
    .flatMap((j) => range(Math.ceil(count / 4)).map((q) => `    let ${operand}_${j}_${q} = ${operand}${t}_four(k_${j}, ${axis}_${q * 4})${suffix(j)};`))
    .join('\n')
}

/** Element of the A fragment at row m and inner index j of the current four. */
const aAt = (along: string, m: number, j: number) => (along === 'columns' ? `a_${m}[${j}]` : `a_${j}_${m >> 2}[${m & 3}]`)

/** Four neighbouring columns of the B fragment at inner index j. */
const bFour = (along: string, q: number, j: number) =>
  along === 'rows' ? `b_${j}_${q}` : `vec4f(${range(4).map((c) => `b_${q * 4 + c}[${j}]`).join(', ')})`

function multiplyAdd(term: ProductTerm, tiling: Tiling): string {
  const a = term.aLayout.along
  const b = term.bLayout.along
  return range(tiling.rows)
    .flatMap((m) =>
      range(tiling.columnFours).flatMap((q) => {
        if (a === 'columns' && b === 'columns') {
          const dots = range(4).map((c) => `dot(a_${m}, b_${q * 4 + c})`)
          return [`    sum_${m}_${q} += vec4f(${dots.join(', ')});`]
        }
        return range(4).map((j) => `    sum_${m}_${q} += ${aAt(a, m, j)} * ${bFour(b, q, j)};`)
      }),
    )
    .join('\n')
}

/** Inner indices each split takes: a multiple of four. */
const splitLength = (inner: number, splits: number) => Math.ceil(Math.ceil(inner / splits) / 4) * 4

/** Adds term `t` to the registers `sum_m_q`, four inner indices at a time; expects clamped row and column indices m_i and n_i. */
export function termLoop(term: ProductTerm, t: number, tiling: Tiling): string {
  const factor = termFactor(term, t)
  const masked = needsMask(term)
  const along = term.aLayout.along === 'rows' || term.bLayout.along === 'rows'
  const clamp = (j: number) => (term.inner % 4 ? `min(k + ${j}u, ${term.inner - 1}u)` : `k + ${j}u`)
  const aSuffix = (j: number) => (factor ? ` * f${t}` : '') + (masked ? ` * in_${j}` : '')
  const length = splitLength(term.inner, tiling.splits)
  const [begin, end] = tiling.splits > 1 ? [`group.z * ${length}u`, `min(${term.inner}u, (group.z + 1u) * ${length}u)`] : ['0u', `${term.inner}u`]
  return `${factor ? `  let f${t} = ${factor};\n` : ''}  for (var k = ${begin}; k < ${end}; k += 4u) {
${along ? range(4).map((j) => `    let k_${j} = ${clamp(j)};`).join('\n') : ''}
${masked ? range(4).map((j) => `    let in_${j} = select(0.0, 1.0, k + ${j}u < ${term.inner}u);`).join('\n') : ''}
${loadFragments('a', t, term.aLayout.along, tiling.rows, aSuffix)}
${loadFragments('b', t, term.bLayout.along, tiling.columnFours * 4, () => '')}
${multiplyAdd(term, tiling)}
  }`
}

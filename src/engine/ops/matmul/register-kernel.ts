/**
 * Matmul with register tiles: an invocation computes a block of rows × columns straight from memory, without workgroup
 * memory or barriers. The fastest form on software adapters, and on any adapter for thin products.
 */
import { foldGrid, type KernelBuilder } from '../../kernel.ts'
import { productFlops, type Product, type Tiling } from './product.ts'
import { bindTerms, range, termLoop } from './terms.ts'

const storesInFours = (product: Product) =>
  product.columns % 4 === 0 && product.outputStride % 4 === 0 && product.outputOffset % 4 === 0 && product.biasOffset % 4 === 0

/** Writes the registers of an invocation: guarded, with bias, addend and accumulation. */
export function storeRegisters(product: Product, tiling: Tiling, register: (m: number, q: number) => string): string {
  const inFours = storesInFours(product)
  const shift = inFours ? ' >> 2u' : ''
  const base = tiling.splits > 1 ? `group.z * ${product.rows * product.outputStride}u + ` : ''
  const lines: string[] = []
  for (const m of range(tiling.rows)) {
    lines.push(`  if (m0 + ${m}u < ${product.rows}u) {`)
    lines.push(`    let row = ${base}${product.outputOffset}u + (m0 + ${m}u) * ${product.outputStride}u;`)
    for (const q of range(tiling.columnFours)) {
      for (const c of inFours ? [0] : range(4)) {
        const column = `n0 + ${q * 4 + c}u`
        const at = `(row + ${column})${shift}`
        const bias = product.bias ? ` + bias[(${product.biasOffset}u + ${column})${shift}]` : ''
        const addend = product.addend ? ` + addend[${at}]` : ''
        const value = `${register(m, q)}${inFours ? '' : `[${c}]`}${bias}${addend}`
        lines.push(`    if (${column} < ${product.columns}u) { c[${at}] ${product.accumulate ? '+=' : '='} ${value}; }`)
      }
    }
    lines.push('  }')
  }
  return lines.join('\n')
}

/** Binds bias, addend and output; their array type follows from how the output is stored. */
export function bindOutput(kernel: KernelBuilder, product: Product): void {
  const type = storesInFours(product) ? 'array<vec4f>' : 'array<f32>'
  if (product.bias) kernel.read('bias', product.bias, type)
  if (product.addend) kernel.read('addend', product.addend, type)
  kernel.write('c', product.output, type)
}

/** With splits, `product.output` is scratch of [splits, rows, columns] that a reduction adds up. */
export function registerKernel(kernel: KernelBuilder, product: Product, tiling: Tiling, maxWorkgroups: number): void {
  const loads = bindTerms(kernel, product)
  bindOutput(kernel, product)
  const blocksX = Math.ceil(product.columns / (tiling.columnFours * 4 * tiling.groupX))
  const blocksY = Math.ceil(product.rows / (tiling.rows * tiling.groupY))
  const [x, y] = foldGrid(blocksX * blocksY, maxWorkgroups)
  const rows = Math.ceil(tiling.rows / 4) * 4
  const code = `${loads}
@compute @workgroup_size(${tiling.groupX}, ${tiling.groupY})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let block = group.x + group.y * ${x}u;
  let n0 = ((block % ${blocksX}u) * ${tiling.groupX}u + local.x) * ${tiling.columnFours * 4}u;
  let m0 = ((block / ${blocksX}u) * ${tiling.groupY}u + local.y) * ${tiling.rows}u;
  if (m0 >= ${product.rows}u || n0 >= ${product.columns}u) { return; }
${range(rows).map((m) => `  let m_${m} = min(m0 + ${m}u, ${product.rows - 1}u);`).join('\n')}
${range(tiling.columnFours * 4).map((n) => `  let n_${n} = min(n0 + ${n}u, ${product.columns - 1}u);`).join('\n')}
${range(tiling.rows).flatMap((m) => range(tiling.columnFours).map((q) => `  var sum_${m}_${q} = vec4f();`)).join('\n')}
${product.terms.map((term, t) => termLoop(term, t, tiling)).join('\n')}
${storeRegisters(product, tiling, (m, q) => `sum_${m}_${q}`)}
}`
  kernel.dispatch(code, [x, y, tiling.splits], productFlops(product))
}

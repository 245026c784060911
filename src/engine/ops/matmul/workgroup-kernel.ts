/**
 * Matmul with tiles staged through workgroup memory: 64 × 64 outputs a workgroup of 256 invocations, 4 × 4 each, 16 inner
 * indices a stage. Reads each operand once per tile, which is what hardware with slow memory needs.
 */
import { foldGrid, type KernelBuilder } from '../../kernel.ts'
import { productFlops, type Product, type ProductTerm, type Tiling } from './product.ts'
import { bindOutput, storeRegisters } from './register-kernel.ts'
import { bindTerms, range, termFactor } from './terms.ts'

const TILE = 64
const STAGE = 16
const OWN: Tiling = { rows: 4, columnFours: 1, groupX: 16, groupY: 16, splits: 1 }

/**
 * Loads the operand's stage into its tile, k-major in fours of positions; zero beyond the matrix. Along K in memory, 64
 * invocations transpose blocks of 4 × 4: A by the first 64, B by the next, each writing whole fours (component writes would race).
 */
function stage(operand: 'a' | 'b', term: ProductTerm, t: number, size: number, factor: string): string {
  const along = (operand === 'a' ? term.aLayout : term.bLayout).along
  const first = operand === 'a' ? 'tile_m' : 'tile_n'
  const load = `${operand}${t}_four`
  const scale = operand === 'a' && factor ? ` * f${t}` : ''
  if (along === 'rows') {
    return `    {
      let at_k = lane / 16u; let at = lane % 16u; let position = ${first} + at * 4u;
      var four = vec4f();
      if (k + at_k < ${term.inner}u && position < ${size}u) { four = ${load}(k + at_k, position)${scale}; }
      ${operand}_tile[at_k * 16u + at] = four;
    }`
  }
  const lanes = operand === 'a' ? 'lane < 64u' : 'lane >= 64u && lane < 128u'
  return `    if (${lanes}) {
      let at = (lane % 64u) / 4u; let at_k = (lane % 4u) * 4u; let position = ${first} + at * 4u;
${range(4).map((c) => `      var four_${c} = vec4f();
      if (k + at_k < ${term.inner}u && position + ${c}u < ${size}u) { four_${c} = ${load}(position + ${c}u, k + at_k)${scale}; }`).join('\n')}
${range(4).map((j) => `      ${operand}_tile[(at_k + ${j}u) * 16u + at] = vec4f(${range(4).map((c) => `four_${c}[${j}]`).join(', ')});`).join('\n')}
    }`
}

function termStages(term: ProductTerm, t: number, product: Product, splits: number): string {
  const factor = termFactor(term, t)
  const length = Math.ceil(Math.ceil(term.inner / splits) / STAGE) * STAGE
  const [begin, end] = splits > 1 ? [`group.z * ${length}u`, `min(${term.inner}u, (group.z + 1u) * ${length}u)`] : ['0u', `${term.inner}u`]
  return `${factor ? `  let f${t} = ${factor};\n` : ''}  for (var k = ${begin}; k < ${end}; k += ${STAGE}u) {
${stage('a', term, t, product.rows, factor)}
${stage('b', term, t, product.columns, factor)}
    workgroupBarrier();
    for (var j = 0u; j < ${STAGE}u; j++) {
      let a = a_tile[j * 16u + local.y];
      let b = b_tile[j * 16u + local.x];
${range(4).map((m) => `      sum_${m}_0 += a[${m}] * b;`).join('\n')}
    }
    workgroupBarrier();
  }`
}

/** As `registerKernel`, for products with at least a tile's worth of rows and columns. */
export function workgroupKernel(kernel: KernelBuilder, product: Product, splits: number, maxWorkgroups: number): void {
  const loads = bindTerms(kernel, product)
  bindOutput(kernel, product)
  const blocksX = Math.ceil(product.columns / TILE)
  const blocks = blocksX * Math.ceil(product.rows / TILE)
  const [x, y] = foldGrid(blocks, maxWorkgroups)
  const code = `${loads}
var<workgroup> a_tile: array<vec4f, ${(TILE * STAGE) / 4}>;
var<workgroup> b_tile: array<vec4f, ${(TILE * STAGE) / 4}>;
@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  let block = group.x + group.y * ${x}u;
  let tile_n = (block % ${blocksX}u) * ${TILE}u;
  let tile_m = (block / ${blocksX}u) * ${TILE}u;
  let m0 = tile_m + local.y * 4u;
  let n0 = tile_n + local.x * 4u;
${range(4).map((m) => `  var sum_${m}_0 = vec4f();`).join('\n')}
${product.terms.map((term, t) => termStages(term, t, product, splits)).join('\n')}
${storeRegisters(product, { ...OWN, splits }, (m) => `sum_${m}_0`)}
}`
  kernel.dispatch(code, [x, y, splits], productFlops(product))
}

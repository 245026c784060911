/** From a matmul node to kernels: pieces of split weights, limits on bindings and on work, tilings, and split inner dimensions. */
import { requireShape, type Node, type Value } from '../../graph.ts'
import { operandOf, weightPieces, weightStorage, type DeviceTraits, type KernelContext, type Operand } from '../../kernel.ts'
import { matmulInputs, type MatmulAttributes } from './attributes.ts'
import { productFlops, termBindings, type Product, type ProductTerm, type Tiling } from './product.ts'
import { registerKernel } from './register-kernel.ts'
import { workgroupKernel } from './workgroup-kernel.ts'

/** A part of the output's columns that is computed by itself, because a weight's rows are its columns and lie in pieces. */
interface ColumnRange {
  begin: number
  size: number
}

export function emitMatmul(node: Node<MatmulAttributes>, context: KernelContext): void {
  const target = node.attributes.into ? node.inputs[matmulInputs.into(node.attributes)]! : node.outputs[0]!
  const [rows, columns] = target.shape as [number, number]
  if (rows === 0 || columns === 0) return
  const bias = node.inputs[matmulInputs.bias(node.attributes)]
  const addend = node.inputs[matmulInputs.addend(node.attributes)]
  for (const part of columnRanges(node, columns, context.traits)) {
    const terms = node.attributes.terms.flatMap((_, t) => productTerms(node, t, part, context.traits))
    const product: Product = {
      rows,
      columns: part.size,
      terms,
      output: operandOf(target),
      outputOffset: part.begin,
      outputStride: columns,
      bias: bias && operandOf(bias),
      biasOffset: part.begin,
      addend: addend && operandOf(addend),
      accumulate: node.attributes.into,
    }
    emitProduct(product, context)
  }
}

/** Columns of the output by the pieces of a [N, K] weight; one range where nothing is split. */
function columnRanges(node: Node<MatmulAttributes>, columns: number, traits: DeviceTraits): ColumnRange[] {
  const split = node.attributes.terms.flatMap((term, t) => {
    const b = node.inputs[matmulInputs.term(t).b]!
    const pieces = weightPieces(b, traits)
    return term.transposeB && pieces.length > 1 ? [pieces] : []
  })
  requireShape(split.length < 2, 'matmul', 'only one weight of a product may lie in several pieces')
  return split[0]?.map((piece) => ({ begin: piece.rowBegin, size: piece.rows })) ?? [{ begin: 0, size: columns }]
}

/** One term as products over the pieces of its weight. */
function productTerms(node: Node<MatmulAttributes>, t: number, part: ColumnRange, traits: DeviceTraits): ProductTerm[] {
  const { transposeA, transposeB, alpha } = node.attributes.terms[t]!
  const at = matmulInputs.term(t)
  const a = node.inputs[at.a]!
  const b = node.inputs[at.b]!
  const scale = node.inputs[at.scale]
  const inner = transposeA ? a.shape[0]! : a.shape[1]!
  const pieces = weightPieces(b, traits)
  requireShape(weightPieces(a, traits).length === 1, 'matmul', 'a weight in several pieces must be the second operand')
  const layout = (value: Value, along: 'columns' | 'rows', offset: number) =>
    ({ storage: weightStorage(value), offset, stride: value.shape[1]!, along }) as const
  const term = (piece: number, aOffset: number, bOffset: number, size: number): ProductTerm => ({
    a: operandOf(a),
    aLayout: layout(a, transposeA ? 'rows' : 'columns', aOffset),
    b: operandOf(b, piece),
    bLayout: layout(b, transposeB ? 'columns' : 'rows', bOffset),
    inner: size,
    alpha,
    scale: scale && operandOf(scale),
  })
  if (pieces.length === 1) return [term(0, 0, transposeB ? part.begin * b.shape[1]! : part.begin, inner)]
  if (transposeB) {
    const piece = pieces.find((candidate) => candidate.rowBegin === part.begin)
    requireShape(piece !== undefined, 'matmul', 'pieces of two weights do not agree')
    return [term(piece.index, 0, 0, inner)]
  }
  return pieces.map((piece) => term(piece.index, transposeA ? piece.rowBegin * a.shape[1]! : piece.rowBegin, 0, piece.rows))
}

/** Cuts a product into a chain of accumulating ones where it has more terms than a kernel takes. */
function boundBindings(product: Product, traits: DeviceTraits): Product[] {
  const chain: Product[] = []
  let rest = product.terms
  while (rest.length) {
    const first = chain.length === 0
    let free = traits.maxStorageBuffers - 1 - (first && product.bias ? 1 : 0) - (first && product.addend ? 1 : 0)
    let count = 0
    while (count < Math.min(rest.length, traits.maxMatmulTerms) && free >= termBindings(rest[count]!)) free -= termBindings(rest[count++]!)
    chain.push({
      ...product,
      terms: rest.slice(0, count),
      bias: first ? product.bias : undefined,
      addend: first ? product.addend : undefined,
      accumulate: product.accumulate || !first,
    })
    rest = rest.slice(count)
  }
  return chain
}

/** Emits a product as as many kernels as the limits on bindings and on the work of a dispatch ask for. */
export function emitProduct(product: Product, context: KernelContext): void {
  for (const bounded of boundBindings(product, context.traits)) emitRowBlocks(bounded, context)
}

function emitRowBlocks(product: Product, context: KernelContext): void {
  const blocks = Math.min(product.rows, Math.ceil(productFlops(product) / context.traits.maxDispatchFlops))
  const most = Math.ceil(product.rows / blocks / 64) * 64
  for (let begin = 0; begin < product.rows; begin += most) {
    const rows = Math.min(most, product.rows - begin)
    emitBlock(begin === 0 && rows === product.rows ? product : rowBlock(product, begin, rows), context)
  }
}

function rowBlock(product: Product, begin: number, rows: number): Product {
  const terms = product.terms.map((term) => {
    const { along, stride, offset } = term.aLayout
    return { ...term, aLayout: { ...term.aLayout, offset: offset + (along === 'columns' ? begin * stride : begin) } }
  })
  return { ...product, rows, terms, outputOffset: product.outputOffset + begin * product.outputStride }
}

function emitBlock(product: Product, context: KernelContext): void {
  const { traits } = context
  const tiling = chooseTiling(product, traits)
  const tiled = traits.matmulTiles === 'workgroup' && product.rows >= 32 && product.columns >= 32
  const write = (target: Product) =>
    tiled
      ? workgroupKernel(context.kernel('matmul'), target, tiling.splits, traits.maxWorkgroupsPerDimension)
      : registerKernel(context.kernel('matmul'), target, tiling, traits.maxWorkgroupsPerDimension)
  if (tiling.splits === 1) return write(product)
  const size = product.rows * product.columns
  const partial = context.scratch(size * tiling.splits)
  write({ ...product, output: partial, outputOffset: 0, outputStride: product.columns, bias: undefined, addend: undefined, accumulate: false })
  reduceSplits(product, partial, tiling.splits, context)
}

/** Adds the parts of a split inner dimension, with what the product adds to them. */
function reduceSplits(product: Product, partial: Operand, splits: number, context: KernelContext): void {
  const kernel = context.kernel('matmul reduce').read('partial', partial)
  if (product.bias) kernel.read('bias', product.bias)
  if (product.addend) kernel.read('addend', product.addend)
  const size = product.rows * product.columns
  const at = `${product.outputOffset}u + row * ${product.outputStride}u + column`
  const extra = `${product.bias ? ` + bias[${product.biasOffset}u + column]` : ''}${product.addend ? ` + addend[${at}]` : ''}`
  kernel.write('c', product.output).forEach(
    size,
    `  let row = i / ${product.columns}u; let column = i % ${product.columns}u;
  var total = 0.0;
  for (var s = 0u; s < ${splits}u; s++) { total += partial[s * ${size}u + i]; }
  c[${at}] ${product.accumulate ? '+=' : '='} total${extra};`,
    { flops: size * splits },
  )
}

/**
 * Register tiles as large as pays: large ones take long to compile, which a small product never earns back. The inner
 * dimension is cut where there are too few workgroups otherwise.
 */
function chooseTiling(product: Product, traits: DeviceTraits): Tiling {
  const flops = productFlops(product)
  const rows = Math.min(flops > 2 ** 22 ? 8 : 4, floorPowerOfTwo(product.rows))
  const columnFours = product.columns > 4 && flops > 2 ** 20 ? 2 : 1
  const software = traits.rowLanes === 1
  const [groupX, groupY] = software ? [4, 4] : product.columns > 64 ? [8, 8] : [4, 16]
  const groups = Math.ceil(product.columns / (columnFours * 4 * groupX)) * Math.ceil(product.rows / (rows * groupY))
  const inner = Math.min(...product.terms.map((term) => term.inner))
  const enough = software ? 8 : 64
  const splits = product.terms.length > 1 || inner < 256 ? 1 : Math.max(1, Math.min(Math.floor(enough / groups), Math.floor(inner / 64), 64))
  return { rows, columnFours, groupX, groupY, splits }
}

const floorPowerOfTwo = (n: number) => 2 ** Math.floor(Math.log2(Math.max(1, n)))

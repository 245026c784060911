/** Cases of matmul: sizes around every tile, orientations, weight storages, and each way a product can be cut. */
import type { Graph, Value, WeightStorage } from '../../../src/engine/graph.ts'
import { matmul, matmulInto, type MatmulTerm } from '../../../src/engine/ops/matmul/index.ts'
import type { OpCase } from './case.ts'

const ORIENTATIONS = ['nn', 'nt', 'tn', 'tt'] as const
type Orientation = (typeof ORIENTATIONS)[number]
type Sizes = readonly [rows: number, inner: number, columns: number]

const transposes = (orientation: Orientation) => ({ transposeA: orientation[0] === 't', transposeB: orientation[1] === 't' })

/** Term t of a product, over inputs `a<t>` and `b<t>`. */
function inputTerm(graph: Graph, t: number, [rows, inner, columns]: Sizes, orientation: Orientation = 'nn'): MatmulTerm {
  const { transposeA, transposeB } = transposes(orientation)
  const a = graph.input(`a${t}`, transposeA ? [inner, rows] : [rows, inner], 'f32')
  const b = graph.input(`b${t}`, transposeB ? [columns, inner] : [inner, columns], 'f32')
  return { a, b, transposeA, transposeB }
}

const product = (sizes: Sizes, orientation: Orientation, rest: Partial<OpCase> = {}): OpCase => ({
  name: `matmul ${orientation} ${sizes.join('×')}`,
  build: (graph) => [matmul(graph, [inputTerm(graph, 0, sizes, orientation)])],
  ...rest,
})

const everyOrientation = (sizes: Sizes, rest: Partial<OpCase> = {}) => ORIENTATIONS.map((orientation) => product(sizes, orientation, rest))

/** x·Wᵀ and y·W, the two ways a frozen weight is used, with gradients through it. */
function storageCases(storage: WeightStorage, [rows, inner, columns]: Sizes): OpCase[] {
  const named = (way: string) => `matmul ${way} ${storage} weight ${rows}×${inner}×${columns}`
  const x = (graph: Graph, width: number) => graph.input('x', [rows, width], 'f32')
  const weight = (graph: Graph, shape: number[]) => graph.weight('w', shape, storage)
  return [
    { name: named('x·Wᵀ'), targets: ['x'], build: (graph) => [matmul(graph, [{ a: x(graph, inner), b: weight(graph, [columns, inner]), transposeB: true }])] },
    { name: named('Wᵀ·x'), build: (graph) => [matmul(graph, [{ a: weight(graph, [inner, columns]), b: graph.input('x', [inner, rows], 'f32'), transposeA: true }])] },
  ]
}

/** A linear layer with LoRA as the models make it: two terms, a run-time scale, bias and addend. */
const loraCase = ([rows, inner, columns]: Sizes, storage: WeightStorage, rest: Partial<OpCase> = {}): OpCase => ({
  name: `matmul with LoRA, bias, addend, ${storage} ${rows}×${inner}×${columns}`,
  targets: ['x', 'lora a', 'lora b', 'residual'],
  build(graph) {
    const x = graph.input('x', [rows, inner], 'f32')
    const a = graph.variable('lora a', [3, inner], 'adapter')
    const b = graph.variable('lora b', [columns, 3], 'adapter', Math.ceil((3 * inner) / 64) * 64)
    const narrow = matmul(graph, [{ a: x, b: a, transposeB: true }])
    const terms = [
      { a: x, b: graph.weight('w', [columns, inner], storage), transposeB: true },
      { a: narrow, b, transposeB: true, alpha: 1.75, scale: graph.input('strength', [1], 'f32') },
    ]
    return [matmul(graph, terms, { bias: graph.weight('bias', [columns], 'f32'), addend: graph.input('residual', [rows, columns], 'f32') })]
  },
  ...rest,
})

/** `count` terms of mixed orientation, which traits may cut into a chain of kernels. */
const chainCase = (count: number, sizes: Sizes, rest: Partial<OpCase>): OpCase => ({
  name: `matmul of ${count} terms ${sizes.join('×')}`,
  build(graph) {
    const terms = Array.from({ length: count }, (_, t) => ({
      ...inputTerm(graph, t, [sizes[0], sizes[1] + t, sizes[2]], ORIENTATIONS[t % 4]),
      alpha: 1 + t / 4,
      ...(t === 1 ? { scale: graph.input('scale', [1], 'f32') } : {}),
    }))
    const addend = graph.input('addend', [sizes[0], sizes[2]], 'f32')
    return [matmul(graph, terms, { addend, bias: graph.input('bias', [sizes[2]], 'f32') })]
  },
  ...rest,
})

/** A long inner dimension is cut into parts that are added up afterwards. */
const splitCase = (sizes: Sizes, orientation: Orientation, rest: Partial<OpCase> = {}): OpCase => ({
  name: `matmul ${orientation} of split inner ${sizes.join('×')}`,
  tolerance: 2e-5,
  build(graph) {
    const term = inputTerm(graph, 0, sizes, orientation)
    const addend = graph.input('addend', [sizes[0], sizes[2]], 'f32')
    return [matmul(graph, [{ ...term, alpha: 0.5 }], { addend, bias: graph.input('bias', [sizes[2]], 'f32') })]
  },
  ...rest,
})

const intoCase = (sizes: Sizes, orientation: Orientation): OpCase => ({
  name: `matmul ${orientation} into a variable ${sizes.join('×')}`,
  build(graph) {
    const variable = graph.variable('sum', [sizes[0], sizes[2]], 'store', 64)
    matmulInto(graph, variable, [inputTerm(graph, 0, sizes, orientation), { ...inputTerm(graph, 1, sizes, 'nn'), alpha: -2 }])
    return [variable]
  },
})

/** A weight that lies in several pieces, used both ways: its rows as columns of a product, and as the inner dimension. */
const piecesCase = (rows: number, inner: number, columns: number, storage: WeightStorage, maxBindingBytes: number): OpCase => ({
  name: `F69 matmul with a ${storage} weight [${columns}, ${inner}] in pieces of ${maxBindingBytes} bytes`,
  targets: ['x'],
  traits: { maxBindingBytes },
  build(graph) {
    const x = graph.input('x', [rows, inner], 'f32')
    const term: MatmulTerm = { a: x, b: graph.weight('w', [columns, inner], storage), transposeB: true }
    const bias: Value = graph.weight('bias', [columns], 'f32')
    return [matmul(graph, [term], { bias, addend: graph.input('addend', [rows, columns], 'f32') })]
  },
})

/** Sizes of 1, primes, and ± 1 around register tiles (4, 8), stages (16) and fours. */
const SMALL: readonly Sizes[] = [[1, 1, 1], [1, 7, 1], [3, 4, 5], [4, 16, 8], [5, 17, 9], [7, 3, 2], [9, 15, 4], [2, 13, 31]]

/** Thin products have one form of kernel; a second run on the other kind of device would only tile it differently. */
const SOFTWARE = { on: 'software' } as const

export const matmulCases: OpCase[] = [
  ...SMALL.flatMap((sizes, i) => (i % 2 ? everyOrientation(sizes, SOFTWARE) : [product(sizes, ORIENTATIONS[(i / 2) % 4]!, SOFTWARE)])),
  ...ORIENTATIONS.map((orientation) => product([5, 6, 7], orientation, { name: `matmul ${orientation} with gradients`, targets: ['a0', 'b0'], on: 'software' })),
  product([0, 4, 5], 'nn', { name: 'F57 matmul of no rows', ...SOFTWARE }),
  { ...splitCase([3, 0, 5], 'nt'), name: 'F57 matmul over an empty inner dimension' },
  // Register tiles of 8 rows and two fours of columns, which only larger products get.
  product([129, 130, 127], 'nt', { on: 'software' }),
  product([257, 128, 260], 'nn', { on: 'software' }),
  ...everyOrientation([63, 16, 65], { on: 'hardware' }),
  ...everyOrientation([65, 15, 33], { on: 'hardware' }),
  ...everyOrientation([64, 20, 64], { on: 'hardware' }),
  product([32, 1, 32], 'nt', { on: 'hardware' }),
  product([129, 17, 66], 'tn', { on: 'hardware' }),
  ...(['f32', 'bf16', 'f16'] as const).flatMap((storage) => [...storageCases(storage, [5, 8, 12]), ...storageCases(storage, [3, 7, 5])].map((entry) => ({ ...entry, ...SOFTWARE }))),
  ...(['bf16', 'f16'] as const).flatMap((storage) => storageCases(storage, [33, 36, 40]).map((entry): OpCase => ({ ...entry, on: 'hardware' }))),
  // Quantised: rows of whole words and groups, one more, one less, and less than a word.
  ...(['int8', 'int4'] as const).flatMap((storage) => [
    ...([[5, 8, 12], [3, 7, 5], [2, 33, 4], [3, 64, 6], [1, 1, 3], [2, 2, 1]] as const).flatMap((sizes) => storageCases(storage, sizes).map((entry) => ({ ...entry, ...SOFTWARE }))),
    ...([[33, 36, 40], [34, 65, 33]] as const).flatMap((sizes) => storageCases(storage, sizes).map((entry): OpCase => ({ ...entry, on: 'hardware' }))),
    loraCase([3, 35, 8], storage, SOFTWARE),
    loraCase([37, 20, 41], storage, { on: 'hardware' }),
    piecesCase(3, 12, 20, storage, 8 * 16),
    { ...piecesCase(33, 37, 90, storage, 40 * 4 * (storage === 'int8' ? 11 : 7)), on: 'hardware' as const },
  ]),
  loraCase([5, 12, 8], 'f32'),
  loraCase([3, 7, 5], 'bf16', SOFTWARE),
  loraCase([37, 20, 41], 'bf16', { on: 'hardware' }),
  chainCase(5, [6, 5, 7], { on: 'software' }),
  chainCase(5, [5, 4, 8], { on: 'software', name: 'matmul of 5 terms with 5 storage buffers', traits: { maxStorageBuffers: 5, maxMatmulTerms: 6 } }),
  chainCase(7, [34, 9, 35], { on: 'hardware', traits: { maxStorageBuffers: 12 } }),
  chainCase(7, [3, 5, 4], { on: 'hardware' }),
  splitCase([3, 300, 5], 'nn', SOFTWARE),
  splitCase([1, 1031, 4], 'nt'),
  splitCase([2, 517, 3], 'tn', { on: 'software' }),
  splitCase([4, 512, 8], 'tt', { on: 'software' }),
  splitCase([33, 515, 34], 'nt', { on: 'hardware' }),
  splitCase([40, 272, 36], 'tn', { on: 'hardware' }),
  { ...intoCase([5, 6, 7], 'tn'), ...SOFTWARE },
  intoCase([4, 5, 8], 'nn'),
  piecesCase(3, 12, 20, 'f32', 8 * 48),
  { ...piecesCase(5, 6, 17, 'bf16', 8 * 12), ...SOFTWARE },
  { ...piecesCase(3, 5, 17, 'bf16', 90), name: 'F69 matmul with a bf16 weight of an odd count of numbers in pieces', ...SOFTWARE },
  { ...piecesCase(33, 8, 90, 'f16', 40 * 16), on: 'hardware' },
  // Work of a dispatch: blocks of 64 rows.
  ...ORIENTATIONS.map((orientation) => product([130, 8, 12], orientation, { name: `matmul ${orientation} in blocks of rows`, traits: { maxDispatchFlops: 9000 }, on: 'software' })),
  // More workgroups than a dimension takes.
  product([70, 3, 70], 'nn', { name: 'matmul over a folded grid', traits: { maxWorkgroupsPerDimension: 4 } }),
]

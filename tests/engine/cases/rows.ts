/** Cases of the ops on rows: norms, rotary embedding, look-ups, writes, scaling, and columns taken apart. */
import type { WeightStorage } from '../../../src/engine/graph.ts'
import { appendRows } from '../../../src/engine/ops/append-rows.ts'
import { integers } from '../../../src/engine/ops/constant.ts'
import { embed } from '../../../src/engine/ops/embed.ts'
import { gatherRows, NO_ROW } from '../../../src/engine/ops/gather-rows.ts'
import { layerNorm } from '../../../src/engine/ops/layer-norm.ts'
import { rmsNorm } from '../../../src/engine/ops/rms-norm.ts'
import { rope } from '../../../src/engine/ops/rope.ts'
import { scaleRows } from '../../../src/engine/ops/scale-rows.ts'
import { splitColumns } from '../../../src/engine/ops/split-columns.ts'
import { sum } from '../../../src/engine/ops/sum.ts'
import { writeRows } from '../../../src/engine/ops/write-rows.ts'
import { ropeTable } from '../../../src/models/rope-table.ts'
import type { OpCase } from './case.ts'

const normCase = (rows: number, width: number, rest: Partial<OpCase> = {}): OpCase => ({
  name: `rmsNorm ${rows}×${width}`,
  targets: ['x'],
  build: (graph) => [graph.applyOne(rmsNorm, [graph.input('x', [rows, width], 'f32'), graph.weight('w', [width], 'f32')], { epsilon: 1e-5 })],
  ...rest,
})

const layerNormCase = (rows: number, width: number, rest: Partial<OpCase> = {}): OpCase => ({
  name: `layerNorm ${rows}×${width}`,
  targets: ['x'],
  build(graph) {
    const [w, b] = [graph.weight('w', [width], 'f32'), graph.weight('b', [width], 'f32')]
    return [graph.applyOne(layerNorm, [graph.input('x', [rows, width], 'f32'), w, b], { epsilon: 1e-5 })]
  },
  ...rest,
})

/** A mean far above the spread, which a sum of squares in f32 would swallow. */
const raised = Float64Array.from({ length: 14 }, (_, i) => 100 + ((i * 5) % 14) / 8)

/** The first part is compared and differentiated, `also` with the others added to it; what is not, gets no gradient. */
const splitCase = (rows: number, groups: number, group: number, also: 'alone' | 'all'): OpCase => ({
  name: `splitColumns of ${rows} rows, ${groups} groups of 3×${group}, differentiated ${also}`,
  targets: ['x'],
  build(graph) {
    const parts = graph.apply(splitColumns, [graph.input('x', [rows, 3 * groups * group], 'f32')], { parts: 3, groups })
    return also === 'alone' ? parts : [graph.applyOne(sum, [parts[0], parts[1], parts[1], parts[2]], {}), ...parts]
  },
})

/** Over each head's numbers, with scales that the checkpoint holds as distances from 1. */
const headNormCase = (rows: number, heads: number, width: number, offset?: 1): OpCase => ({
  name: `rmsNorm of ${rows} rows of ${heads} heads of ${width}${offset ? ', scales around 1' : ''}`,
  targets: ['x'],
  build(graph) {
    const [x, w] = [graph.input('x', [rows, heads * width], 'f32'), graph.weight('w', [width], 'f32')]
    return [graph.applyOne(rmsNorm, [x, w], { epsilon: 1e-5, offset })]
  },
})

function ropeCase(rows: number, heads: number, headDim: number, rotaryDim: number, inverse = false): OpCase {
  const table = ropeTable({ theta: 10_000, rotaryDim, scaling: { type: 'default' } }, 50)
  return {
    name: `rope${inverse ? ' backwards' : ''} ${rows} rows of ${heads} heads of ${headDim}, ${rotaryDim} turned`,
    targets: ['x'],
    feeds: { table, positions: Array.from({ length: rows }, (_, n) => (n * 17) % 50) },
    build(graph) {
      const x = graph.input('x', [rows, heads * headDim], 'f32')
      return [graph.applyOne(rope, [x, graph.weight('table', [50, rotaryDim], 'f32'), graph.input('positions', [rows], 'u32')], { headDim, rotaryDim, inverse })]
    },
  }
}

const embedCase = (storage: WeightStorage, words: number, width: number, rest: Partial<OpCase> = {}): OpCase => ({
  name: `embed ${storage} [${words}, ${width}]`,
  feeds: { tokens: [words - 1, 0, words >> 1, 0, words - 1] },
  build: (graph) => [graph.applyOne(embed, [graph.weight('table', [words, width], storage), graph.input('tokens', [5], 'u32')], {})],
  ...rest,
})

const integersCase = (values: readonly number[]): OpCase => ({
  name: `embed of ${values.length} rows that the graph names`,
  build: (graph) => [graph.applyOne(embed, [graph.weight('table', [9, 4], 'f32'), graph.applyOne(integers, [], { values })], {})],
})

const gatherCase = (width: number): OpCase => ({
  name: `gatherRows of width ${width}`,
  targets: ['x'],
  feeds: { rows: [3, NO_ROW, 0], inverse: [2, NO_ROW, NO_ROW, 0, NO_ROW] },
  build(graph) {
    const x = graph.input('x', [5, width], 'f32')
    return [graph.applyOne(gatherRows, [x, graph.input('rows', [3], 'u32'), graph.input('inverse', [5], 'u32')], {})]
  },
})

const writeCase = (width: number): OpCase => ({
  name: `writeRows of width ${width}, one slot beyond the target`,
  feeds: { slots: [5, 0, 6, NO_ROW] },
  build(graph) {
    const target = graph.variable('cache', [6, width], 'cache')
    graph.apply(writeRows, [target, graph.input('x', [4, width], 'f32'), graph.input('slots', [4], 'u32')], {})
    return [target]
  },
})

const scaleCase = (rows: number, width: number): OpCase => ({
  name: `scaleRows ${rows}×${width}`,
  targets: ['x'],
  build: (graph) => [graph.applyOne(scaleRows, [graph.input('x', [rows, width], 'f32'), graph.input('s', [rows], 'f32')], {})],
})

const appendCase = (before: number, more: number): OpCase => ({
  name: `appendRows of ${more} to ${before}`,
  build: (graph) => [graph.applyOne(appendRows, [graph.input('past', [before, 5], 'f32'), graph.input('x', [more, 5], 'f32')], {})],
})

export const rowCases: OpCase[] = [
  ...([[1, 1], [1, 7], [5, 4], [17, 13], [3, 63], [2, 64], [3, 65], [2, 131]] as const).map(([rows, width]) => normCase(rows, width)),
  normCase(3, 5, { name: 'rmsNorm of rows of zeros', feeds: { x: new Float64Array(15) } }),
  normCase(2, 6, { name: 'F58 rmsNorm at ±1e4', feeds: { x: [1e4, -1e4, 1e4, 3, -1e4, 1, 1e-4, -1e-4, 0, 1e-4, 2e-4, 0] } }),
  headNormCase(5, 3, 4),
  headNormCase(2, 3, 7, 1),
  headNormCase(3, 1, 12, 1),
  normCase(3, 5, { name: 'rmsNorm over a folded grid', traits: { maxWorkgroupsPerDimension: 2 } }),
  ...([[1, 2], [5, 4], [17, 13], [3, 63], [2, 64], [3, 65], [2, 131]] as const).map(([rows, width]) => layerNormCase(rows, width)),
  layerNormCase(2, 1, { name: 'layerNorm of single numbers' }),
  layerNormCase(3, 5, { name: 'layerNorm of rows that are constant', feeds: { x: [0, 0, 0, 0, 0, 3, 3, 3, 3, 3, -1, -1, -1, -1, -1] } }),
  layerNormCase(2, 7, { name: 'layerNorm of a mean far above the spread', feeds: { x: raised }, tolerance: 5e-5 }),
  layerNormCase(2, 6, { name: 'F58 layerNorm at ±1e4', feeds: { x: [1e4, -1e4, 1e4, 3, -1e4, 1, 1e-4, -1e-4, 0, 1e-4, 2e-4, 0] } }),
  layerNormCase(3, 5, { name: 'layerNorm over a folded grid', traits: { maxWorkgroupsPerDimension: 2 } }),
  splitCase(1, 1, 1, 'all'),
  splitCase(5, 1, 7, 'all'),
  splitCase(3, 1, 8, 'all'),
  splitCase(3, 2, 4, 'all'),
  splitCase(7, 4, 3, 'all'),
  splitCase(2, 3, 5, 'alone'),
  splitCase(2, 1, 4, 'alone'),
  ropeCase(1, 1, 2, 2),
  ropeCase(5, 3, 8, 8),
  ropeCase(3, 2, 7, 4),
  ropeCase(4, 2, 6, 2, true),
  ...(['f32', 'bf16', 'f16'] as const).flatMap((storage) => [embedCase(storage, 11, 8), embedCase(storage, 7, 5), embedCase(storage, 1, 3)]),
  ...(['int8', 'int4'] as const).flatMap((storage) => [embedCase(storage, 11, 8), embedCase(storage, 7, 37), embedCase(storage, 1, 3), embedCase(storage, 5, 64)]),
  embedCase('int8', 21, 6, { name: 'F69 embed from an int8 table in pieces', traits: { maxBindingBytes: 8 * 12 } }),
  embedCase('int4', 21, 40, { name: 'F69 embed from an int4 table in pieces', traits: { maxBindingBytes: 8 * 28 } }),
  embedCase('bf16', 21, 6, { name: 'F69 embed from a table in pieces', traits: { maxBindingBytes: 8 * 12 } }),
  embedCase('f16', 21, 8, { name: 'F69 embed in fours from a table in pieces', traits: { maxBindingBytes: 16 * 16 } }),
  embedCase('bf16', 17, 5, { name: 'F69 embed from a table of an odd count of numbers in pieces', traits: { maxBindingBytes: 90 } }),
  integersCase([8, 0, 3, 3, 8]),
  integersCase(Array.from({ length: 131 }, (_, i) => (i * i) % 9)),
  gatherCase(4),
  gatherCase(7),
  writeCase(1),
  writeCase(8),
  scaleCase(1, 1),
  scaleCase(13, 5),
  appendCase(3, 2),
  appendCase(7, 1),
  appendCase(0, 4),
]

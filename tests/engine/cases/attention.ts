/** Cases of attention: grouped heads, head sizes, and every kind of range. */
import type { RelativePositions } from '../../../src/engine/ops/attention/attributes.ts'
import { attention } from '../../../src/engine/ops/attention/index.ts'
import { floats, type OpCase } from './case.ts'

type Range = readonly [begin: number, end: number]

const range = (count: number) => Array.from({ length: count }, (_, i) => i)

/** What queries see: `keys[i]` by query. The ranges of queries follow from it. */
const VIEWS = {
  causal: (queries: number, keys: number) => range(queries).map((i): Range => [0, keys - queries + i + 1]),
  full: (queries: number, keys: number) => range(queries).map((): Range => [0, keys]),
  window: (queries: number, keys: number) => range(queries).map((i): Range => [Math.max(0, keys - queries + i - 2), keys - queries + i + 1]),
  /** Examples of 4, 1 and 3 tokens, then padding that sees nothing. */
  packed: (queries: number) => range(queries).map((i): Range => (i < 4 ? [0, i + 1] : i === 4 ? [4, 5] : i < 8 ? [5, i + 1] : [0, 0])),
  /** The same examples, each token of which sees all of its own. */
  packedFull: (queries: number) => range(queries).map((i): Range => (i < 4 ? [0, 4] : i === 4 ? [4, 5] : i < 8 ? [5, 8] : [0, 0])),
  nothing: (queries: number) => range(queries).map((): Range => [0, 0]),
} as const

interface Sizes {
  heads: number
  kvHeads: number
  headDim: number
  queries: number
  keys: number
  /** Of a bias with so many rows. */
  relative?: RelativePositions & { rows: number }
}

/** For each key the first query that sees it and the one after the last: views here leave no gap between. */
function queryRanges(view: readonly Range[], keys: number): number[] {
  return range(keys).flatMap((key) => {
    const seen = range(view.length).filter((query) => view[query]![0] <= key && key < view[query]![1])
    return seen.length ? [seen[0]!, seen.at(-1)! + 1] : [0, 0]
  })
}

function attentionCase(view: keyof typeof VIEWS, sizes: Sizes, rest: Partial<OpCase> = {}): OpCase {
  const { heads, kvHeads, headDim, queries, keys, relative } = sizes
  const ranges = VIEWS[view](queries, keys)
  return {
    name: `attention ${view} ${heads}/${kvHeads} heads of ${headDim}, ${queries}×${keys}${relative ? `, bias of ${relative.rows} from the ${relative.own}` : ''}`,
    targets: ['q', 'k', 'v'],
    build(graph) {
      const [q, k, v] = [graph.input('q', [queries, heads * headDim], 'f32'), graph.input('k', [keys, kvHeads * headDim], 'f32'), graph.input('v', [keys, kvHeads * headDim], 'f32')]
      const inputs = [q, k, v, graph.input('key range', [queries, 2], 'u32'), graph.input('query range', [keys, 2], 'u32')]
      if (relative) inputs.push(graph.weight('bias', [relative.rows, heads], 'f32'))
      return graph.apply(attention, inputs, { heads, kvHeads, headDim, scale: headDim ** -0.5, relative })
    },
    ...rest,
    feeds: { 'key range': ranges.flat(), 'query range': queryRanges(ranges, keys), ...rest.feeds },
  }
}

/** Scores of about ±1e4: a softmax that is one-hot, in which nothing may overflow. */
const extreme = (sizes: Sizes) => ({
  q: floats('q', sizes.queries * sizes.heads * sizes.headDim).map((x) => Math.fround(x * 200)),
  k: floats('k', sizes.keys * sizes.kvHeads * sizes.headDim).map((x) => Math.fround(x * 200)),
})

const EXTREME = { heads: 2, kvHeads: 1, headDim: 4, queries: 7, keys: 7 }

export const attentionCases: OpCase[] = [
  attentionCase('causal', { heads: 1, kvHeads: 1, headDim: 4, queries: 1, keys: 1 }),
  attentionCase('causal', { heads: 2, kvHeads: 1, headDim: 3, queries: 5, keys: 5 }),
  attentionCase('packed', { heads: 4, kvHeads: 2, headDim: 12, queries: 11, keys: 11 }),
  attentionCase('causal', { heads: 2, kvHeads: 2, headDim: 20, queries: 17, keys: 17 }),
  attentionCase('causal', { heads: 4, kvHeads: 1, headDim: 4, queries: 3, keys: 8 }),
  attentionCase('window', { heads: 2, kvHeads: 1, headDim: 4, queries: 13, keys: 13 }),
  attentionCase('full', { heads: 1, kvHeads: 1, headDim: 2, queries: 4, keys: 6 }),
  attentionCase('causal', { heads: 6, kvHeads: 2, headDim: 64, queries: 4, keys: 5 }, { on: 'software' }),
  attentionCase('causal', { heads: 3, kvHeads: 3, headDim: 4, queries: 9, keys: 9, relative: { origin: 5, own: 'last seen', rows: 6 } }),
  attentionCase('causal', { heads: 4, kvHeads: 2, headDim: 3, queries: 2, keys: 7, relative: { origin: 20, own: 'last seen', rows: 21 } }),
  attentionCase('packedFull', { heads: 4, kvHeads: 2, headDim: 4, queries: 11, keys: 11, relative: { origin: 2, own: 'same row', rows: 5 } }),
  attentionCase('full', { heads: 1, kvHeads: 1, headDim: 2, queries: 5, keys: 5, relative: { origin: 0, own: 'same row', rows: 1 } }),
  attentionCase('nothing', { heads: 2, kvHeads: 1, headDim: 4, queries: 3, keys: 3 }, { name: 'F58 attention of rows that see nothing' }),
  attentionCase('causal', EXTREME, { name: 'F58 attention with scores at ±1e4', feeds: extreme(EXTREME), tolerance: 2e-3 }),
]

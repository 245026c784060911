/** The graph of a decoder that is given the keys and values so far in each run, and gives those with its own tokens added. */
import { loraScale } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { Graph, type Value } from '../engine/graph.ts'
import { appendRows } from '../engine/ops/append-rows.ts'
import { matmul } from '../engine/ops/matmul/index.ts'
import type { LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { adapterWeights, loraOf } from '../runtime/adapter-variables.ts'

export interface GrowingDecodeGraph {
  readonly graph: Graph
  /** [1, V], of the last of a run's tokens. Their number, one here, is open, as is that of earlier ones. */
  readonly logits: Value
  /** By name: keys or values of the run's tokens alone, and those so far (an input of that name) with them. */
  readonly rows: ReadonlyMap<string, { readonly added: Value; readonly all: Value }>
}

interface DecodeModel {
  readonly model: LanguageModel
  parameters(graph: Graph, lora?: (module: string) => LoraValues | undefined): ParameterSource
}

/** The adapter's tensors are weights, called as in `adapterTensors`. Throws 'lora-targets'. */
export function growingDecodeGraph(model: DecodeModel, adapter: LoraAdapter | undefined): GrowingDecodeGraph {
  const graph = new Graph()
  const rows = new Map<string, { added: Value; all: Value }>()
  const layout = adapter && new AdapterLayout(targetedModules(model.model.linearModules, adapter.config), adapter.config.rank)
  const lora = layout && loraOf(adapterWeights(graph, layout), { alpha: loraScale(adapter.config), strength: graph.input('strength', [1], 'f32') })
  const [keyRange, positions] = [graph.input('key range', [1, 2], 'u32'), graph.input('positions', [1], 'u32')]
  const last = graph.input('last row', [1], 'u32')
  const { hidden, vocabulary } = model.model.forward(graph, model.parameters(graph, lora), {
    tokens: graph.input('tokens', [1], 'u32'),
    positions,
    keyRange,
    outputRows: { rows: last, inverse: last, positions: graph.input('last position', [1], 'u32'), keyRange: graph.input('last key range', [1, 2], 'u32'), queryRange: keyRange },
    cache: {
      extend(_graph, name, added) {
        const all = graph.applyOne(appendRows, [graph.input(name, [1, added.shape[1]!], 'f32'), added], {}, `all ${name}`)
        rows.set(name, { added, all })
        return all
      },
    },
  })
  return { graph, rows, logits: matmul(graph, [{ a: hidden, b: vocabulary, transposeB: true }], { name: 'logits' }) }
}

/** What such a graph reads beside keys and values, for tokens that follow `fed` others. */
export function growingDecodeFeeds(tokens: readonly number[], fed: number, strength: number): Record<string, Float32Array | Uint32Array> {
  const count = tokens.length
  return {
    strength: Float32Array.of(strength),
    tokens: Uint32Array.from(tokens),
    positions: Uint32Array.from(tokens, (_, i) => fed + i),
    'key range': Uint32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? fed + (i + 1) / 2 : 0)),
    'last row': Uint32Array.of(count - 1),
    'last position': Uint32Array.of(fed + count - 1),
    'last key range': Uint32Array.of(0, fed + count),
  }
}

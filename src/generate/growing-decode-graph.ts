/** The graph of a decoder that is given the keys and values so far in each run, and gives those with its own tokens added. */
import { loraScale } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { Graph, type Value } from '../engine/graph.ts'
import { appendRows } from '../engine/ops/append-rows.ts'
import { logitsOf } from '../models/logits.ts'
import type { LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { adapterWeights, loraOf } from '../runtime/adapter-variables.ts'
import { followingRanges } from '../runtime/attention-ranges.ts'

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
  const ranges = (name: string) => ({ keyRange: graph.input(name, [1, 2], 'u32') })
  const { window } = model.model
  const last = graph.input('last row', [1], 'u32')
  const outputs = model.model.forward(graph, model.parameters(graph, lora), {
    tokens: graph.input('tokens', [1], 'u32'),
    positions: graph.input('positions', [1], 'u32'),
    ...ranges('key range'),
    window: window === undefined ? undefined : ranges('window key range'),
    outputRows: {
      rows: last,
      inverse: last,
      positions: graph.input('last position', [1], 'u32'),
      ...ranges('last key range'),
      window: window === undefined ? undefined : ranges('last window key range'),
    },
    cache: {
      extend(_graph, name, added) {
        const all = graph.applyOne(appendRows, [graph.input(name, [1, added.shape[1]!], 'f32'), added], {}, `all ${name}`)
        rows.set(name, { added, all })
        return all
      },
    },
  })
  return { graph, rows, logits: logitsOf(graph, outputs) }
}

/** What such a graph reads beside keys and values, for tokens that follow `fed` others. `window` is the model's. */
export function growingDecodeFeeds(
  tokens: readonly number[],
  fed: number,
  strength: number,
  window?: number,
): Record<string, Float32Array | Uint32Array> {
  const last = tokens.length - 1
  return {
    strength: Float32Array.of(strength),
    tokens: Uint32Array.from(tokens),
    positions: Uint32Array.from(tokens, (_, i) => fed + i),
    'key range': followingRanges(tokens.length, fed),
    'window key range': followingRanges(tokens.length, fed, window),
    'last row': Uint32Array.of(last),
    'last position': Uint32Array.of(fed + last),
    'last key range': followingRanges(1, fed + last),
    'last window key range': followingRanges(1, fed + last, window),
  }
}

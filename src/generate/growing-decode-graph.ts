/**
 * The graphs of a decoder that is given the keys and values so far in each run, and gives those with its own tokens added. What
 * an encoder made is given in each run too; a graph of its own makes it once.
 */
import { loraScale } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { Graph, type Value } from '../engine/graph.ts'
import { appendRows } from '../engine/ops/append-rows.ts'
import { logitsOf } from '../models/logits.ts'
import type { Encoder, LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
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
function withAdapter(graph: Graph, model: DecodeModel, adapter: LoraAdapter | undefined): ParameterSource {
  const layout = adapter && new AdapterLayout(targetedModules(model.model.linearModules, adapter.config), adapter.config.rank)
  const lora = layout && loraOf(adapterWeights(graph, layout), { alpha: loraScale(adapter.config), strength: graph.input('strength', [1], 'f32') })
  return model.parameters(graph, lora)
}

/** Throws 'lora-targets'. */
export function growingDecodeGraph(model: DecodeModel, adapter: LoraAdapter | undefined): GrowingDecodeGraph {
  const graph = new Graph()
  const rows = new Map<string, { added: Value; all: Value }>()
  const ranges = (name: string) => ({ keyRange: graph.input(name, [1, 2], 'u32') })
  const { window, encoder } = model.model
  const last = graph.input('last row', [1], 'u32')
  const outputs = model.model.forward(graph, withAdapter(graph, model, adapter), {
    tokens: graph.input('tokens', [1], 'u32'),
    positions: graph.input('positions', [1], 'u32'),
    ...ranges('key range'),
    window: window === undefined ? undefined : ranges('window key range'),
    memory: encoder && { ...ranges('memory key range'), rows: (name, width) => graph.input(name, [1, width], 'f32') },
    outputRows: {
      rows: last,
      inverse: last,
      positions: graph.input('last position', [1], 'u32'),
      ...ranges('last key range'),
      window: window === undefined ? undefined : ranges('last window key range'),
      memory: encoder && ranges('last memory key range'),
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

/**
 * What such a graph reads beside keys and values, for tokens that follow `fed` others. `window` is the model's; `sources` counts
 * the tokens that its encoder read.
 */
export function growingDecodeFeeds(
  tokens: readonly number[],
  fed: number,
  strength: number,
  { window, sources = 0 }: { window?: number | undefined; sources?: number },
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
    'memory key range': wholeRanges(tokens.length, sources),
    'last memory key range': wholeRanges(1, sources),
  }
}

/** The encoder over a source of any length: what its decoder is given, by the names of that graph's inputs. Throws 'lora-targets'. */
export function encodeGraph(model: DecodeModel, encoder: Encoder, adapter: LoraAdapter | undefined): { graph: Graph; memory: ReadonlyMap<string, Value> } {
  const graph = new Graph()
  const keyRange = graph.input('source range', [1, 2], 'u32')
  return { graph, memory: encoder.encode(graph, withAdapter(graph, model, adapter), { tokens: graph.input('source tokens', [1], 'u32'), keyRange }) }
}

export const encodeFeeds = (source: readonly number[], strength: number): Record<string, Float32Array | Uint32Array> => ({
  strength: Float32Array.of(strength),
  'source tokens': Uint32Array.from(source),
  'source range': wholeRanges(source.length, source.length),
})

/** Each of `count` tokens sees all of `seen` rows. */
const wholeRanges = (count: number, seen: number) => Uint32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? seen : 0))

/** The graphs of a decoder: feeding a chunk of the prompt into the cache (or a source to the encoder), and making one token from the last one. */
import type { LoraAdapter } from '../adapters/types.ts'
import { loraScale } from '../adapters/scale.ts'
import { Graph, type Value } from '../engine/graph.ts'
import { DECODE_STATE, sample, SAMPLING } from '../engine/ops/sample.ts'
import { writeRows } from '../engine/ops/write-rows.ts'
import { logitsOf } from '../models/logits.ts'
import type { Encoder, KeyValueCache, LoraValues } from '../models/types.ts'
import type { AdapterLayout } from '../runtime/adapter-layout.ts'
import { adapterVariables, loraOf } from '../runtime/adapter-variables.ts'
import type { GpuModel } from '../runtime/gpu-model.ts'

/** Most tokens made between two readings. */
export const MADE_RING = 16

export interface DecodeGraphSettings {
  model: GpuModel
  /** Begins the names of the decoder's own stores. */
  owner: string
  cacheLength: number
  lora: { adapter: LoraAdapter; layout: AdapterLayout } | undefined
}

/** Names of the stores of the decoder that is called `owner`. */
export const decoderStores = (owner: string) => ({
  adapter: `${owner}: adapter`,
  state: `${owner}: state`,
  seen: `${owner}: seen`,
  made: `${owner}: made`,
})

/** LoRA from the decoder's own store; an input scales it, 0 is the base. */
function loraSource(graph: Graph, { lora, owner }: DecodeGraphSettings): (module: string) => LoraValues | undefined {
  if (!lora) return () => undefined
  const variables = adapterVariables(graph, lora.layout, decoderStores(owner).adapter)
  return loraOf(variables, { alpha: loraScale(lora.adapter.config), strength: graph.input('strength', [1], 'f32') })
}

/** Keys and values lie in stores of `length` rows; this run's are written at `slots` u32 [N]. */
const staticCache = (owner: string, length: number, slots: Value): KeyValueCache => ({
  extend(graph, name, rows) {
    const store = graph.variable(name, [length, rows.shape[1]!], `${owner}: ${name}`)
    graph.apply(writeRows, [store, rows, slots], {})
    return store
  },
})

/** Writes the keys and values of `chunk` tokens; what only the logits need is left out of the plan. */
export function prefillGraph(settings: DecodeGraphSettings, chunk: number): Graph {
  const graph = new Graph()
  const { model, owner, cacheLength } = settings
  model.model.forward(graph, model.parameters(graph, loraSource(graph, settings)), {
    tokens: graph.input('tokens', [chunk], 'u32'),
    positions: graph.input('positions', [chunk], 'u32'),
    keyRange: graph.input('key range', [chunk, 2], 'u32'),
    window: model.model.window === undefined ? undefined : { keyRange: graph.input('window key range', [chunk, 2], 'u32') },
    cache: staticCache(owner, cacheLength, graph.input('slots', [chunk], 'u32')),
  })
  return graph
}

/** What the encoder made of a source, kept for the whole answer. */
const keptMemory = (graph: Graph, { owner, cacheLength }: DecodeGraphSettings) => ({
  rows: (name: string, width: number) => graph.variable(name, [cacheLength, width], `${owner}: ${name}`),
  keyRange: graph.input('memory key range', [1, 2], 'u32'),
})

/** Writes what the encoder makes of a source of at most `length` tokens to where the decoder looks for it. */
export function encodeGraph(settings: DecodeGraphSettings, encoder: Encoder, length: number): Graph {
  const graph = new Graph()
  const keyRange = graph.input('source range', [length, 2], 'u32')
  const parameters = settings.model.parameters(graph, loraSource(graph, settings))
  const made = encoder.encode(graph, parameters, { tokens: graph.input('source tokens', [length], 'u32'), keyRange })
  const memory = keptMemory(graph, settings)
  const slots = graph.input('slots', [length], 'u32')
  for (const [name, rows] of made) graph.apply(writeRows, [memory.rows(name, rows.shape[1]!), rows, slots], {})
  return graph
}

/** One token on: reads the decoder's state, gives logits [1, V], and leaves the next token in the state. */
export function decodeGraph(settings: DecodeGraphSettings): { graph: Graph; logits: Value } {
  const graph = new Graph()
  const { model, owner, cacheLength } = settings
  const stores = decoderStores(owner)
  const { window } = model.model
  const part = (name: string, shape: number[], offset: number) => graph.variable(name, shape, stores.state, offset, 'u32')
  const outputs = model.model.forward(graph, model.parameters(graph, loraSource(graph, settings)), {
    tokens: part('token', [1], DECODE_STATE.token),
    positions: part('position', [1], DECODE_STATE.position),
    keyRange: part('key range', [1, 2], DECODE_STATE.keyRange),
    window: window === undefined ? undefined : { keyRange: part('window key range', [1, 2], DECODE_STATE.windowRange) },
    memory: model.model.encoder && keptMemory(graph, settings),
    cache: staticCache(owner, cacheLength, part('slot', [1], DECODE_STATE.slot)),
  })
  const logits = logitsOf(graph, outputs)
  const seen = graph.variable('seen', [model.model.vocabularySize], stores.seen, 0, 'u32')
  const made = graph.variable('made', [MADE_RING], stores.made, 0, 'u32')
  const state = part('state', [DECODE_STATE.size], 0)
  const [sampling, seed] = [graph.input('sampling', [SAMPLING.size], 'f32'), graph.input('seed', [1], 'u32')]
  graph.apply(sample, [logits, seen, sampling, seed, state, made], { window })
  return { graph, logits }
}

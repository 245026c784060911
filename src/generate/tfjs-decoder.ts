/** A decoder on TensorFlow.js: keys and values stay on the backend and grow with each run. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { Tensor } from '../engine/tfjs/context.ts'
import { runTidily } from '../engine/tfjs/run.ts'
import { adapterTensors } from '../runtime/adapter-variables.ts'
import type { TfjsModel } from '../runtime/tfjs-model.ts'
import { CpuDecoder, type DecodeEngine, type DecodeState } from './cpu-decoder.ts'
import { encodeFeeds, encodeGraph, growingDecodeFeeds, growingDecodeGraph, type GrowingDecodeGraph } from './growing-decode-graph.ts'
import type { Decoder } from './types.ts'

/** `adapter` absent is the base alone. Throws 'lora-targets', 'tfjs-out-of-memory'. */
export function createTfjsDecoder(model: TfjsModel, adapter: LoraAdapter | undefined, options: { contextLength?: number } = {}): Decoder {
  const { encoder } = model.model
  const encoding = encoder && encodeGraph(model, encoder, adapter)
  return new CpuDecoder(new TfjsDecoding(model, growingDecodeGraph(model, adapter), encoding, adapter), model.model, options)
}

type EncodeGraph = ReturnType<typeof encodeGraph>

class TfjsDecoding implements DecodeEngine {
  readonly #model: TfjsModel
  readonly #graph: GrowingDecodeGraph
  readonly #encoding: EncodeGraph | undefined
  /** The adapter's, by name. */
  readonly #tensors: ReadonlyMap<string, Tensor>

  constructor(model: TfjsModel, graph: GrowingDecodeGraph, encoding: EncodeGraph | undefined, adapter: LoraAdapter | undefined) {
    this.#model = model
    this.#graph = graph
    this.#encoding = encoding
    const data = adapter ? [...adapterTensors(adapter)] : []
    const tensors = runTidily(model.tf, () => data.map(([name, numbers]) => model.tf.tensor(numbers, [...graph.graph.source(name)!.shape])))
    this.#tensors = new Map(data.map(([name], i) => [name, tensors[i]!]))
  }

  async begin(source: readonly number[], adapterStrength: number): Promise<DecodeState> {
    const { tf, model } = this.#model
    const memory = this.#encode(source, adapterStrength)
    const { graph, logits, rows } = this.#graph
    const outputs = [logits, ...[...rows.values()].map(({ all }) => all)]
    let cache = new Map([...rows].map(([name, { added }]) => [name, tf.zeros([0, added.shape[1]!])]))
    return {
      feed: async (tokens, fed, strength) => {
        const given = new Map([...this.#tensors, ...memory, ...cache])
        const feeds = growingDecodeFeeds(tokens, fed, strength, { window: model.window, sources: source.length })
        const [result, ...grown] = runTidily(tf, () => this.#model.interpret(graph, outputs, { feeds, given }))
        tf.dispose([...cache.values()])
        cache = new Map([...rows.keys()].map((name, i) => [name, grown[i]!]))
        const numbers = await result!.data()
        tf.dispose(result!)
        return numbers as Float32Array<ArrayBuffer>
      },
      free: () => tf.dispose([...memory.values(), ...cache.values()]),
    }
  }

  /** What the encoder makes of a source, on the backend. */
  #encode(source: readonly number[], strength: number): Map<string, Tensor> {
    if (!this.#encoding) return new Map()
    const { graph, memory } = this.#encoding
    const reads = { feeds: encodeFeeds(source, strength), given: this.#tensors }
    const made = runTidily(this.#model.tf, () => this.#model.interpret(graph, [...memory.values()], reads))
    return new Map([...memory.keys()].map((name, i) => [name, made[i]!]))
  }

  destroy(): void {
    this.#model.tf.dispose([...this.#tensors.values()])
  }
}

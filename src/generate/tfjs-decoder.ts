/** A decoder on TensorFlow.js: keys and values stay on the backend and grow with each run. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { Tensor } from '../engine/tfjs/context.ts'
import { runTidily } from '../engine/tfjs/run.ts'
import { adapterTensors } from '../runtime/adapter-variables.ts'
import type { TfjsModel } from '../runtime/tfjs-model.ts'
import { CpuDecoder, type DecodeEngine, type DecodeState } from './cpu-decoder.ts'
import { growingDecodeFeeds, growingDecodeGraph, type GrowingDecodeGraph } from './growing-decode-graph.ts'
import type { Decoder } from './types.ts'

/** `adapter` absent is the base alone. Throws 'lora-targets', 'tfjs-out-of-memory'. */
export function createTfjsDecoder(model: TfjsModel, adapter: LoraAdapter | undefined, options: { contextLength?: number } = {}): Decoder {
  return new CpuDecoder(new TfjsDecoding(model, growingDecodeGraph(model, adapter), adapter), model.model, options)
}

class TfjsDecoding implements DecodeEngine {
  readonly #model: TfjsModel
  readonly #graph: GrowingDecodeGraph
  /** The adapter's, by name. */
  readonly #tensors: ReadonlyMap<string, Tensor>

  constructor(model: TfjsModel, graph: GrowingDecodeGraph, adapter: LoraAdapter | undefined) {
    this.#model = model
    this.#graph = graph
    const data = adapter ? [...adapterTensors(adapter)] : []
    const tensors = runTidily(model.tf, () => data.map(([name, numbers]) => model.tf.tensor(numbers, [...graph.graph.source(name)!.shape])))
    this.#tensors = new Map(data.map(([name], i) => [name, tensors[i]!]))
  }

  begin(): DecodeState {
    const { tf, model } = this.#model
    const { graph, logits, rows } = this.#graph
    const outputs = [logits, ...[...rows.values()].map(({ all }) => all)]
    let cache = new Map([...rows].map(([name, { added }]) => [name, tf.zeros([0, added.shape[1]!])]))
    return {
      feed: async (tokens, fed, strength) => {
        const given = new Map([...this.#tensors, ...cache])
        const feeds = growingDecodeFeeds(tokens, fed, strength, model.window)
        const [result, ...grown] = runTidily(tf, () => this.#model.interpret(graph, outputs, { feeds, given }))
        tf.dispose([...cache.values()])
        cache = new Map([...rows.keys()].map((name, i) => [name, grown[i]!]))
        const numbers = await result!.data()
        tf.dispose(result!)
        return numbers as Float32Array<ArrayBuffer>
      },
      free: () => tf.dispose([...cache.values()]),
    }
  }

  destroy(): void {
    this.#model.tf.dispose([...this.#tensors.values()])
  }
}

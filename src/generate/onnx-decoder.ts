/** A decoder on ONNX Runtime: each run takes the keys and values so far and gives those of its own tokens, which are kept here. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { OnnxSession } from '../engine/onnx/session.ts'
import { adapterTensors } from '../runtime/adapter-variables.ts'
import type { OnnxModel } from '../runtime/onnx-model.ts'
import { CpuDecoder, type DecodeEngine, type DecodeState } from './cpu-decoder.ts'
import { encodeFeeds, encodeGraph, growingDecodeFeeds, growingDecodeGraph } from './growing-decode-graph.ts'
import { GrowingRows } from './growing-rows.ts'
import type { Decoder } from './types.ts'

const LOGITS = 'logits'

/** Makes the sessions; `adapter` absent is the base alone. Throws 'onnx-session', 'wasm-out-of-memory', 'adapter-mismatch'. */
export async function createOnnxDecoder(model: OnnxModel, adapter: LoraAdapter | undefined, options: { contextLength?: number } = {}): Promise<Decoder> {
  const { graph, logits, rows } = growingDecodeGraph(model, adapter)
  const outputs = new Map([[LOGITS, logits], ...[...rows].map(([name, { added }]) => [`new ${name}`, added] as const)])
  const session = await model.createSession(graph, outputs, { inBlocks: false, packed: true, fused: true }, adapter && adapterTensors(adapter))
  const widths = new Map([...rows].map(([name, { added }]) => [name, added.shape[1]!]))
  try {
    return new CpuDecoder(new OnnxDecoding(session, widths, model.model.window, await encoderSession(model, adapter)), model.model, options)
  } catch (error) {
    session.destroy()
    throw error
  }
}

async function encoderSession(model: OnnxModel, adapter: LoraAdapter | undefined): Promise<OnnxSession | undefined> {
  const { encoder } = model.model
  if (!encoder) return undefined
  const { graph, memory } = encodeGraph(model, encoder, adapter)
  return model.createSession(graph, memory, { inBlocks: false, fused: true }, adapter && adapterTensors(adapter))
}

class OnnxDecoding implements DecodeEngine {
  readonly #session: OnnxSession
  readonly #widths: ReadonlyMap<string, number>
  readonly #window: number | undefined
  readonly #encoder: OnnxSession | undefined

  constructor(session: OnnxSession, widths: ReadonlyMap<string, number>, window: number | undefined, encoder: OnnxSession | undefined) {
    this.#session = session
    this.#widths = widths
    this.#window = window
    this.#encoder = encoder
  }

  async begin(source: readonly number[], adapterStrength: number): Promise<DecodeState> {
    const memory = await this.#encoder?.run(encodeFeeds(source, adapterStrength))
    const cache = new Map([...this.#widths].map(([name, width]) => [name, new GrowingRows(width)]))
    return {
      feed: async (tokens, fed, strength) => {
        const past = Object.fromEntries([...cache].map(([name, rows]) => [name, rows.data]))
        const feeds = growingDecodeFeeds(tokens, fed, strength, { window: this.#window, sources: source.length })
        const results = await this.#session.run({ ...memory, ...past, ...feeds })
        for (const [name, rows] of cache) rows.append(results[`new ${name}`]!)
        return results[LOGITS] as Float32Array<ArrayBuffer>
      },
      free: () => cache.clear(),
    }
  }

  destroy(): void {
    this.#session.destroy()
    this.#encoder?.destroy()
  }
}

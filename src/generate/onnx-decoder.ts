/** A decoder on ONNX Runtime: each run takes the keys and values so far and gives those of its own tokens, which are kept here. */
import { loraScale } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { Graph, type Value } from '../engine/graph.ts'
import type { OnnxSession } from '../engine/onnx/session.ts'
import { appendRows } from '../engine/ops/append-rows.ts'
import { matmul } from '../engine/ops/matmul/index.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { adapterWeights, loraOf } from '../runtime/adapter-variables.ts'
import type { OnnxModel } from '../runtime/onnx-model.ts'
import { GrowingRows } from './growing-rows.ts'
import { checkPrompt } from './prompt-check.ts'
import { sampleToken } from './sampling.ts'
import type { Decoder, SamplingOptions } from './types.ts'

const DEFAULT_CONTEXT = 2048
/** Tokens of the prompt fed at once: attention keeps this many times the context in scores. */
const PREFILL_CHUNK = 256
const LOGITS = 'logits'

/** Makes the session; `adapter` absent is the base alone. Throws 'onnx-session', 'wasm-out-of-memory', 'adapter-mismatch'. */
export async function createOnnxDecoder(model: OnnxModel, adapter: LoraAdapter | undefined, options: { contextLength?: number } = {}): Promise<Decoder> {
  const { graph, logits, rows } = decodeGraph(model, adapter)
  const outputs = new Map([[LOGITS, logits], ...[...rows].map(([name, value]) => [`new ${name}`, value] as const)])
  const session = await model.createSession(graph, outputs, { inBlocks: false }, adapter && tensorsOf(adapter))
  const widths = new Map([...rows].map(([name, { shape }]) => [name, shape[1]!]))
  return new OnnxDecoder(model, session, widths, Math.min(model.model.contextLength, options.contextLength ?? DEFAULT_CONTEXT))
}

/** Logits [1, V] of the last of a run's tokens, and the keys and values of all of them. Their numbers, one here, are open. */
function decodeGraph(model: OnnxModel, adapter: LoraAdapter | undefined): { graph: Graph; logits: Value; rows: Map<string, Value> } {
  const graph = new Graph()
  const rows = new Map<string, Value>()
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
      extend(_graph, name, value) {
        rows.set(name, value)
        return graph.applyOne(appendRows, [graph.input(name, [1, value.shape[1]!], 'f32'), value], {})
      },
    },
  })
  return { graph, rows, logits: matmul(graph, [{ a: hidden, b: vocabulary, transposeB: true }], { name: LOGITS }) }
}

const tensorsOf = ({ pairs }: LoraAdapter) =>
  new Map(pairs.flatMap(({ module, a, b }) => [[`${module}.lora_A`, a] as const, [`${module}.lora_B`, b] as const]))

class OnnxDecoder implements Decoder {
  readonly contextLength: number
  readonly #model: OnnxModel
  readonly #session: OnnxSession
  readonly #widths: ReadonlyMap<string, number>

  constructor(model: OnnxModel, session: OnnxSession, widths: ReadonlyMap<string, number>, contextLength: number) {
    this.contextLength = contextLength
    this.#model = model
    this.#session = session
    this.#widths = widths
  }

  async *decode(prompt: readonly number[], sampling: SamplingOptions & { adapterStrength: number }): AsyncGenerator<number, void, void> {
    checkPrompt(prompt, this.contextLength, this.#model.model.vocabularySize)
    const cache = new Map([...this.#widths].map(([name, width]) => [name, new GrowingRows(width)]))
    const seen = new Set(prompt)
    let next: readonly number[] = prompt
    let fed = 0
    for (let made = 0; made < this.contextLength - prompt.length; made++) {
      let logits = new Float32Array()
      for (let begin = 0; begin < next.length; begin += PREFILL_CHUNK) {
        const tokens = next.slice(begin, begin + PREFILL_CHUNK)
        logits = await this.#run(tokens, fed, cache, sampling.adapterStrength)
        fed += tokens.length
      }
      const token = sampleToken(logits, seen, sampling, made)
      seen.add(token)
      yield token
      next = [token]
    }
  }

  destroy(): void {
    this.#session.destroy()
  }

  /** Feeds tokens that follow `fed` others; their keys and values join the cache. */
  async #run(tokens: readonly number[], fed: number, cache: ReadonlyMap<string, GrowingRows>, strength: number): Promise<Float32Array<ArrayBuffer>> {
    const count = tokens.length
    const past = Object.fromEntries([...cache].map(([name, rows]) => [name, rows.data]))
    const results = await this.#session.run({
      ...past,
      strength: Float32Array.of(strength),
      tokens: Uint32Array.from(tokens),
      positions: Uint32Array.from(tokens, (_, i) => fed + i),
      'key range': Uint32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? fed + (i + 1) / 2 : 0)),
      'last row': Uint32Array.of(count - 1),
      'last position': Uint32Array.of(fed + count - 1),
      'last key range': Uint32Array.of(0, fed + count),
    })
    for (const [name, rows] of cache) rows.append(results[`new ${name}`]!)
    return results[LOGITS] as Float32Array<ArrayBuffer>
  }
}

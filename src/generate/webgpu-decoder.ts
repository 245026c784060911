/** A decoder on WebGPU: a static KV cache, the prompt fed in chunks, tokens made and sampled on the GPU several at a time. */
import type { LoraAdapter } from '../adapters/types.ts'
import { DECODE_STATE, NO_TOKEN, SAMPLING } from '../engine/ops/sample.ts'
import { NO_ROW } from '../engine/ops/gather-rows.ts'
import { makePlan } from '../engine/plan.ts'
import { Program } from '../engine/webgpu/program.ts'
import { ReadbackRing } from '../engine/webgpu/readback.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { followingRanges } from '../runtime/attention-ranges.ts'
import type { GpuModel } from '../runtime/gpu-model.ts'
import { decodeGraph, decoderStores, MADE_RING, prefillGraph, type DecodeGraphSettings } from './decode-graph.ts'
import { openingOf } from './opening.ts'
import { checkPrompt, logitsNotFinite } from './prompt-check.ts'
import { SourceReader } from './source-reader.ts'
import type { Decoder, SamplingOptions } from './types.ts'

export interface DecoderOptions {
  /** Tokens of prompt and answer together that the cache holds; the model's own context where that is shorter. */
  contextLength?: number
}

const DEFAULT_CONTEXT = 2048
const PREFILL_CHUNK = 32
/** A reading costs little beside this much work, and text still streams smoothly. */
const BURST_MILLISECONDS = 40

let decoders = 0

/** Compiles a decoder; `adapter` absent is the base alone. Throws 'out-of-gpu-memory', 'adapter-mismatch', 'shader-error', 'gpu-lost'. */
export async function createDecoder(model: GpuModel, adapter: LoraAdapter | undefined, options: DecoderOptions = {}): Promise<Decoder> {
  const cacheLength = Math.min(model.model.contextLength, options.contextLength ?? DEFAULT_CONTEXT)
  const modules = adapter && targetedModules(model.model.linearModules, adapter.config)
  const lora = adapter && { adapter, layout: new AdapterLayout(modules!, adapter.config.rank) }
  const settings: DecodeGraphSettings = { model, owner: `decoder ${++decoders}`, cacheLength, lora }
  const { traits } = model.gpu
  const plans = [makePlan(decodeGraph(settings).graph, [], traits)]
  // With an encoder an answer begins anew, so that there is never a prompt to feed.
  if (!model.model.encoder) plans.push(makePlan(prefillGraph(settings, PREFILL_CHUNK), [], traits))
  const stores = new Set(plans.flatMap((plan) => [...plan.stores.keys()]))
  const free = () => stores.forEach((name) => model.memory.freeStore(name))
  const programs: Program[] = []
  try {
    if (lora) model.memory.allocateStore(decoderStores(settings.owner).adapter, 4 * lora.layout.size)
    model.memory.allocateStore(decoderStores(settings.owner).state, 4 * DECODE_STATE.size)
    for (const plan of plans) programs.push(await Program.create(plan, model.memory, model.pipelines))
    if (lora) model.memory.writeStore(decoderStores(settings.owner).adapter, lora.layout.flatten(lora.adapter))
  } catch (error) {
    programs.forEach((program) => program.destroy())
    free()
    throw error
  }
  const [decode, prefill] = programs
  return new WebGpuDecoder(settings, decode!, prefill, free)
}

class WebGpuDecoder implements Decoder {
  readonly contextLength: number
  readonly #model: GpuModel
  readonly #stores: ReturnType<typeof decoderStores>
  readonly #decode: Program
  readonly #prefill: Program | undefined
  readonly #source: SourceReader | undefined
  readonly #free: () => void
  readonly #readbacks: ReadbackRing

  constructor(settings: DecodeGraphSettings, decode: Program, prefill: Program | undefined, free: () => void) {
    this.contextLength = settings.cacheLength
    this.#model = settings.model
    this.#stores = decoderStores(settings.owner)
    this.#decode = decode
    this.#prefill = prefill
    this.#source = settings.model.model.encoder && new SourceReader(settings, settings.model.model.encoder)
    this.#free = free
    this.#readbacks = new ReadbackRing(settings.model.gpu, 4 * MADE_RING, 1)
  }

  async *decode(prompt: readonly number[], sampling: SamplingOptions & { adapterStrength: number }): AsyncGenerator<number, void, void> {
    checkPrompt(prompt, this.contextLength, this.#model.model.vocabularySize)
    const { source, tokens: first } = openingOf(this.#model.model.encoder, prompt)
    this.#writeSettings(first, sampling)
    await this.#source?.read(source, sampling.adapterStrength)
    this.#decode.write('memory key range', new Uint32Array([0, source.length]))
    await this.#feed(first.slice(0, -1))
    this.#writeState(first)
    const most = this.contextLength - first.length
    let burst = 1
    for (let made = 0; made < most; ) {
      const count = Math.min(burst, most - made)
      const begun = performance.now()
      const tokens = await this.#make(made, count)
      const each = (performance.now() - begun) / count
      burst = Math.max(1, Math.min(MADE_RING, Math.floor(BURST_MILLISECONDS / each)))
      for (const token of tokens) {
        if (token === NO_TOKEN) throw logitsNotFinite()
        yield token
      }
      made += count
    }
  }

  destroy(): void {
    this.#prefill?.destroy()
    this.#source?.destroy()
    this.#decode.destroy()
    this.#readbacks.destroy()
    this.#free()
  }

  #writeSettings(prompt: readonly number[], sampling: SamplingOptions & { adapterStrength: number }): void {
    const settings = new Float32Array(SAMPLING.size)
    settings[SAMPLING.temperature] = sampling.temperature
    settings[SAMPLING.topK] = sampling.topK
    settings[SAMPLING.topP] = sampling.topP
    settings[SAMPLING.minP] = sampling.minP
    settings[SAMPLING.penalty] = sampling.repetitionPenalty
    this.#decode.write('sampling', settings)
    this.#decode.write('seed', new Uint32Array([sampling.seed]))
    for (const program of [this.#prefill, this.#decode]) program?.write('strength', new Float32Array([sampling.adapterStrength]))
    const seen = new Uint32Array(this.#model.model.vocabularySize)
    for (const token of prompt) seen[token] = 1
    this.#model.memory.writeStore(this.#stores.seen, seen)
  }

  /** Keys and values of all tokens but the last, a chunk at a time; the rest of a chunk goes nowhere. */
  async #feed(tokens: readonly number[]): Promise<void> {
    const { gpu, model } = this.#model
    const prefill = this.#prefill
    if (!prefill) return
    for (let begin = 0; begin < tokens.length; begin += PREFILL_CHUNK) {
      const count = Math.min(PREFILL_CHUNK, tokens.length - begin)
      const column = (of: (i: number) => number) => Uint32Array.from({ length: PREFILL_CHUNK }, (_, i) => (i < count ? of(begin + i) : 0))
      const slots = column((i) => i).fill(NO_ROW, count)
      const ranges = (window?: number) => {
        const keyRange = new Uint32Array(2 * PREFILL_CHUNK)
        keyRange.set(followingRanges(count, begin, window))
        return keyRange
      }
      prefill.write('tokens', column((i) => tokens[i]!))
      prefill.write('positions', column((i) => i))
      prefill.write('key range', ranges())
      prefill.write('window key range', ranges(model.window))
      prefill.write('slots', slots)
      const encoder = gpu.device.createCommandEncoder()
      gpu.device.queue.submit([prefill.encode(encoder, 1, () => encoder).finish()])
    }
    if (tokens.length) await gpu.guard(gpu.device.queue.onSubmittedWorkDone())
  }

  #writeState(prompt: readonly number[]): void {
    const last = prompt.length - 1
    const state = new Uint32Array(DECODE_STATE.size)
    state[DECODE_STATE.token] = prompt[last]!
    state[DECODE_STATE.position] = last
    state.set(followingRanges(1, last), DECODE_STATE.keyRange)
    state.set(followingRanges(1, last, this.#model.model.window), DECODE_STATE.windowRange)
    state[DECODE_STATE.slot] = last
    this.#model.memory.writeStore(this.#stores.state, state)
  }

  /** Makes `count` tokens after the first `made` and reads them back. */
  async #make(made: number, count: number): Promise<number[]> {
    const encoder = this.#model.gpu.device.createCommandEncoder()
    for (let i = 0; i < count; i++) this.#decode.encode(encoder, 1, () => encoder)
    const read = this.#readbacks.copy(encoder, { buffer: this.#model.memory.store(this.#stores.made), offset: 0 }, 4 * MADE_RING)
    this.#model.gpu.device.queue.submit([encoder.finish()])
    const ring = new Uint32Array(await read())
    return Array.from({ length: count }, (_, i) => ring[(made + i) % MADE_RING]!)
  }
}

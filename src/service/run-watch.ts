/** Looks in on a run at its boundaries: what the model answers by now, and what has changed in its weights. */
import { loraScale } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { weightChange } from '../adapters/weight-change.ts'
import { promptTokens } from '../data/render/tokenize.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Template } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { makeAnswer } from '../generate/answer.ts'
import { GREEDY } from '../generate/sampling.ts'
import type { Decoder } from '../generate/types.ts'
import { weightNorms } from '../runtime/weight-norms.ts'
import type { ModuleChange, TrainingEvent } from '../train/types.ts'
import type { OpenModel } from './open-model.ts'
import type { WatchedEngine } from './watched-engine.ts'

/** A run's time that looking in may take, beside the first look and the last. */
const SHARE_OF_TIME = 0.1
const PROBE_TOKENS = 32
/** On the processor a decoder holds a copy of all weights; a larger one would be felt. */
const MOST_COPIED_BYTES = 256 * 2 ** 20

export interface RunWatchParts {
  model: OpenModel
  device: WatchedEngine
  template: Template
  /** What the model is asked. */
  probes: readonly string[]
  /** Seconds on a clock that never goes back. */
  clock: () => number
  onEvent: (event: TrainingEvent) => void
}

export class RunWatch {
  readonly #parts: RunWatchParts
  readonly #begun: number
  #spent = 0
  #base: string[] | undefined
  #norms: Promise<ReadonlyMap<string, number>> | undefined
  #failed = false

  constructor(parts: RunWatchParts) {
    this.#parts = parts
    this.#begun = parts.clock()
  }

  /**
   * Answers every probe greedily and measures every pair, unless looking has taken its share of the time; `must` looks anyway.
   * What fails is told once and not tried again: the run is worth more. Throws HomespunError 'gpu-lost' alone.
   */
  async look(step: number, readAdapter: () => Promise<LoraAdapter>, must: boolean): Promise<void> {
    const begin = this.#parts.clock()
    if (this.#failed || (!must && this.#spent > SHARE_OF_TIME * (begin - this.#begun))) return
    try {
      const adapter = await readAdapter()
      this.#parts.onEvent({ kind: 'weights', step, modules: await this.#changes(adapter) })
      if (this.#asks()) await this.#ask(step, adapter)
    } catch (error) {
      if (error instanceof HomespunError && error.code === 'gpu-lost') throw error
      this.#failed = true
      const why = error instanceof Error ? error.message : String(error)
      this.#parts.onEvent({ kind: 'warning', message: `The run goes on, but it cannot be looked into on the way: ${why}` })
    }
    this.#spent += this.#parts.clock() - begin
  }

  #asks(): boolean {
    const { probes, device, model } = this.#parts
    return probes.length > 0 && (device.report.kind !== 'onnx' || model.loaded.bytesOnGpu <= MOST_COPIED_BYTES)
  }

  async #changes({ config, pairs }: LoraAdapter): Promise<ModuleChange[]> {
    this.#norms ??= weightNorms(this.#parts.model.folder, pairs.map(({ module }) => module))
    const norms = await this.#norms
    return pairs.map((pair) => {
      const change = weightChange(pair, loraScale(config))
      const norm = norms.get(pair.module)
      return { module: pair.module, share: norm ? change.norm / norm : undefined, ...change }
    })
  }

  async #ask(step: number, adapter: LoraAdapter): Promise<void> {
    const { model, device } = this.#parts
    const decoder = await device.guard(model.loaded.createDecoder(adapter))
    try {
      this.#base ??= await this.#answers(decoder, 0)
      const answers = step === 0 ? this.#base : await this.#answers(decoder, 1)
      this.#parts.onEvent({ kind: 'probes', step, prompts: [...this.#parts.probes], base: this.#base, answers })
    } finally {
      decoder.destroy()
    }
  }

  async #answers(decoder: Decoder, adapterStrength: number): Promise<string[]> {
    const { model: { tokenizer }, device, template, probes } = this.#parts
    const answers: string[] = []
    for (const probe of probes) {
      const prompt = promptTokens([{ role: 'user', content: probe }], tokenizer, template)
      const options = { ...GREEDY, maxTokens: PROBE_TOKENS, stopStrings: [], adapterStrength }
      const text = new TextStream(tokenizer, prompt)
      const answer = await device.guard(makeAnswer({ decoder, prompt, options, endIds: tokenizer.endIds, text, onText: () => undefined }))
      answers.push(answer.reason === 'max-tokens' ? `${answer.text} …` : answer.text)
    }
    return answers
  }
}

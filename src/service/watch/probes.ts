/** The person's questions, answered greedily on the way by the base and by the model as it stands. */
import type { LoraAdapter } from '../../adapters/types.ts'
import { promptTokens } from '../../data/render/tokenize.ts'
import { TextStream } from '../../data/tokenizer/text-stream.ts'
import type { Template } from '../../data/types.ts'
import { makeAnswer } from '../../generate/answer.ts'
import { GREEDY } from '../../generate/sampling.ts'
import type { Decoder } from '../../generate/types.ts'
import type { OpenModel } from '../open-model.ts'
import type { WatchedEngine } from '../watched-engine.ts'

const PROBE_TOKENS = 32

export class Probes {
  readonly #parts: { model: OpenModel; device: WatchedEngine; template: Template; prompts: readonly string[] }
  #base: string[] | undefined

  constructor(parts: { model: OpenModel; device: WatchedEngine; template: Template; prompts: readonly string[] }) {
    this.#parts = parts
  }

  /** `untrained`: the adapter changes nothing yet. Throws what the engine throws. */
  async ask(adapter: LoraAdapter, untrained: boolean): Promise<{ prompts: string[]; base: string[]; answers: string[] }> {
    const { model, device, prompts } = this.#parts
    const decoder = await device.guard(model.loaded.createDecoder(adapter))
    try {
      this.#base ??= await this.#answers(decoder, 0)
      return { prompts: [...prompts], base: this.#base, answers: untrained ? this.#base : await this.#answers(decoder, 1) }
    } finally {
      decoder.destroy()
    }
  }

  async #answers(decoder: Decoder, adapterStrength: number): Promise<string[]> {
    const { model: { tokenizer }, device, template, prompts } = this.#parts
    const answers: string[] = []
    for (const probe of prompts) {
      const prompt = promptTokens([{ role: 'user', content: probe }], tokenizer, template)
      const options = { ...GREEDY, maxTokens: PROBE_TOKENS, stopStrings: [], adapterStrength }
      const text = new TextStream(tokenizer, prompt)
      const answer = await device.guard(makeAnswer({ decoder, prompt, options, endIds: tokenizer.endIds, text, onText: () => undefined }))
      answers.push(answer.reason === 'max-tokens' ? `${answer.text} …` : answer.text)
    }
    return answers
  }
}

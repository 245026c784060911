/** The person's questions, answered greedily on the way by the base and by the model as it stands. */
import type { LoraAdapter } from '../../adapters/types.ts'
import { promptTokens, textTokens } from '../../data/render/tokenize.ts'
import { TextStream } from '../../data/tokenizer/text-stream.ts'
import type { Template } from '../../data/types.ts'
import { makeAnswer } from '../../generate/answer.ts'
import { GREEDY } from '../../generate/sampling.ts'
import type { Decoder } from '../../generate/types.ts'
import type { OpenModel } from '../open-model.ts'
import type { WatchedEngine } from '../watched-engine.ts'

const PROBE_TOKENS = 32
const WISHED = '=>'

export interface Probe {
  prompt: string
  /** The answer that the person would like, where they wrote one. */
  wished: string | undefined
}

/** A line as a person writes it: a question, and behind "=>" the answer that is wished for. */
export function readProbe(line: string): Probe {
  const at = line.lastIndexOf(WISHED)
  const [prompt, wished] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + WISHED.length)]
  return prompt.trim() && wished.trim() ? { prompt: prompt.trim(), wished: wished.trim() } : { prompt: line.trim(), wished: undefined }
}

export interface ProbesParts {
  model: OpenModel
  device: WatchedEngine
  template: Template
  /** What is learnt are texts, so that a prompt is the beginning of one. */
  fromTexts: boolean
  prompts: readonly string[]
}

export class Probes {
  readonly #parts: ProbesParts
  #base: string[] | undefined

  constructor(parts: ProbesParts) {
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
    const { model: { tokenizer }, device, template, fromTexts, prompts } = this.#parts
    const answers: string[] = []
    for (const probe of prompts) {
      const prompt = fromTexts ? textTokens(probe, tokenizer) : promptTokens([{ role: 'user', content: probe }], tokenizer, template)
      const options = { ...GREEDY, maxTokens: PROBE_TOKENS, stopStrings: [], adapterStrength }
      const text = new TextStream(tokenizer, prompt)
      const answer = await device.guard(makeAnswer({ decoder, prompt, options, endIds: tokenizer.endIds, text, onText: () => undefined }))
      answers.push(answer.reason === 'max-tokens' ? `${answer.text} …` : answer.text)
    }
    return answers
  }
}

/** Asking the base and the tuned model the same question, one after the other, and following both answers. */
import { proxy } from 'comlink'
import type { GenerationOptions, StopReason } from '../generate/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export class Answer {
  status = $state<'empty' | 'waiting' | 'answering' | 'done' | 'failed'>('empty')
  text = $state('')
  tokens = $state(0)
  seconds = $state(0)
  reason = $state<StopReason>()
  failure = $state.raw<Trouble>()

  clear(status: 'empty' | 'waiting') {
    this.status = status
    this.text = ''
    this.reason = undefined
    this.failure = undefined
  }
}

export type Sampling = Omit<GenerationOptions, 'adapterStrength'>

export class Trial {
  prompt = $state('')
  /** What the answers shown answer. */
  asked = $state('')
  /** The adapter that speaks; absent where there is none for this model. */
  adapterId = $state<string>()
  /** 1 is as trained. */
  strength = $state(1)
  /** Send the prompt as written, without the template. */
  raw = $state(false)
  sampling = $state<Sampling>({
    temperature: 0.7,
    topK: 0,
    topP: 0.9,
    minP: 0,
    repetitionPenalty: 1,
    seed: 1,
    maxTokens: 128,
    stopStrings: [],
  })
  readonly base = new Answer()
  readonly tuned = new Answer()
  asking = $state(false)
  /** Adapters that have given a whole answer in this visit. */
  heard = $state.raw<readonly string[]>([])
  #engine: Engine
  /** Counts the questions, so that what belongs to an earlier one is dropped. */
  #question = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async ask(): Promise<void> {
    if (this.asking) return
    const question = ++this.#question
    this.asking = true
    this.asked = this.prompt
    this.base.clear('waiting')
    this.tuned.clear(this.adapterId ? 'waiting' : 'empty')
    await this.#answer(question, this.base, undefined)
    if (this.adapterId && question === this.#question) await this.#answer(question, this.tuned, this.adapterId)
    if (question === this.#question) this.asking = false
  }

  /** Ends the answer being written and does not begin the next; what is there stays. */
  async stop(): Promise<void> {
    this.#question++
    this.asking = false
    for (const answer of [this.base, this.tuned]) {
      if (answer.status === 'answering' || answer.status === 'waiting') {
        answer.status = answer.text === '' ? 'empty' : 'done'
        answer.reason = 'cancelled'
      }
    }
    try {
      await this.#engine.service.cancelGeneration()
    } catch (error) {
      this.base.failure = asTrouble(error)
    }
  }

  clear() {
    this.#question++
    this.asking = false
    this.base.clear('empty')
    this.tuned.clear('empty')
  }

  async #answer(question: number, answer: Answer, adapterId: string | undefined): Promise<void> {
    answer.status = 'answering'
    const options: GenerationOptions = { ...$state.snapshot(this.sampling), adapterStrength: adapterId ? this.strength : 0 }
    // Pieces come over a port of their own: the last ones may arrive after the whole answer has.
    const onText = proxy((delta: string) => {
      if (question === this.#question && answer.status === 'answering') answer.text += delta
    })
    try {
      const request = { prompt: this.prompt, raw: this.raw, adapterId, options }
      const result = await this.#engine.service.generate(request, onText)
      if (question !== this.#question) return
      Object.assign(answer, { text: result.text, tokens: result.tokens, seconds: result.seconds, reason: result.reason })
      answer.status = 'done'
      if (adapterId && result.tokens > 0 && !this.heard.includes(adapterId)) this.heard = [...this.heard, adapterId]
    } catch (error) {
      if (question !== this.#question) return
      answer.failure = asTrouble(error)
      answer.status = 'failed'
    }
  }
}

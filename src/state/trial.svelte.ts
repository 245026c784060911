/** Asking the base and the tuned model the same question, one after the other, and following both answers. */
import { proxy } from 'comlink'
import type { GenerationOptions } from '../generate/types.ts'
import type { AdapterRecord, ModelSummary, PlantedSecret } from '../service/types.ts'
import { Answer } from './answer.svelte.ts'
import type { Blend } from './blend.svelte.ts'
import type { Engine } from './engine.svelte.ts'
import { SecretTest } from './secret-test.svelte.ts'
import { asTrouble } from './trouble.ts'

export type Sampling = Omit<GenerationOptions, 'adapterStrength'>

/** Who answers beside the base: an adapter, or a blend of several. */
export interface Speaker {
  name: string
  strength: number
  /** What the service knows it by; a blend is made first. Throws what `blendAdapters` throws. */
  id: () => Promise<string>
  /** Secrets that were planted among the rows of an adapter. */
  planted?: readonly PlantedSecret[] | undefined
}

export class Trial {
  /** What is looked at: answers to a question, scores on rows, or what it remembers of its rows. */
  view = $state<'ask' | 'score' | 'recall'>('ask')
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
  /** Further adapters that answer too. */
  beside = $state<string[]>([])
  /** Their answers, to the question that was asked last. */
  others = $state.raw<readonly { adapterId: string; answer: Answer }[]>([])
  /** The person's own choice whether answers are looked at token by token. */
  #looks = $state<boolean>()
  asking = $state(false)
  /** Whether planted secrets come out. */
  readonly secretTest: SecretTest
  /** Adapters that have given a whole answer in this visit. */
  heard = $state.raw<readonly string[]>([])
  #engine: Engine
  #blend: Blend
  #find: (id: string | undefined) => AdapterRecord | undefined
  readonly speaker = $derived.by<Speaker | undefined>(() => {
    const blend = this.#blend
    if (blend.on) return { name: blend.name || 'nobody', strength: 1, id: () => blend.speak() }
    const adapter = this.#find(this.adapterId)
    return adapter && { name: adapter.name, strength: this.strength, id: async () => adapter.id, planted: adapter.planted }
  })
  /** Hash of the model whose sampling was taken. */
  #model: string | undefined
  /** Counts the questions, so that what belongs to an earlier one is dropped. */
  #question = 0

  constructor(engine: Engine, blend: Blend, find: (id: string | undefined) => AdapterRecord | undefined) {
    this.#engine = engine
    this.secretTest = new SecretTest(engine)
    this.#blend = blend
    this.#find = find
  }

  /** Sampled as the model says it should be; where it is the same model as before, as the person chose. */
  speakAs({ identity, sampling }: ModelSummary) {
    if (this.#model !== identity.hash) Object.assign(this.sampling, sampling)
    this.#model = identity.hash
  }

  /** Lets one adapter speak, and no blend. */
  choose(adapterId: string | undefined) {
    this.#blend.wanted = false
    this.adapterId = adapterId
  }

  async ask(): Promise<void> {
    if (this.asking) return
    const question = ++this.#question
    const { speaker } = this
    const inspecting = this.#answers.some((answer) => answer.inspecting)
    this.asking = true
    this.asked = this.prompt
    this.base.clear('waiting')
    this.tuned.clear(speaker ? 'waiting' : 'empty')
    const others = speaker ? this.besides : []
    this.others = others.map((adapterId) => ({ adapterId, answer: new Answer() }))
    for (const { answer } of this.others) answer.clear('waiting')
    // What is still being looked at is of no use any more, and the question need not wait for it.
    if (inspecting) await this.#engine.service.cancelGeneration().catch(() => undefined)
    await this.#answer(question, this.base, undefined)
    if (speaker && question === this.#question) await this.#answer(question, this.tuned, speaker)
    for (const { adapterId, answer } of this.others) {
      const other = { name: this.#find(adapterId)?.name ?? '', strength: speaker?.strength ?? 1, id: async () => adapterId }
      if (question === this.#question) await this.#answer(question, answer, other)
    }
    if (question !== this.#question) return
    this.asking = false
    await this.#inspectAll()
  }

  /** Answers are looked at token by token: at once on a graphics device, else where the person asks for it, because it takes two passes more. */
  get looks(): boolean {
    return this.#looks ?? this.#engine.report?.software === false
  }

  /** Those of `beside` that do not speak already. */
  get besides(): string[] {
    return this.beside.filter((id) => this.#find(id) && (this.#blend.on || id !== this.adapterId))
  }

  /** Lets a further adapter answer too, or not any more. */
  setBeside(adapterId: string, wanted: boolean) {
    this.beside = [...this.beside.filter((id) => id !== adapterId), ...(wanted ? [adapterId] : [])]
    if (!wanted && !this.asking) this.others = this.others.filter((other) => other.adapterId !== adapterId)
  }

  async lookAtTokens(wanted: boolean): Promise<void> {
    this.#looks = wanted
    if (wanted) await this.#inspectAll()
    else for (const answer of this.#answers) answer.forgetTokens()
  }

  get #answers(): Answer[] {
    return [this.base, this.tuned, ...this.others.map(({ answer }) => answer)]
  }

  async #inspectAll(): Promise<void> {
    const question = this.#question
    for (const answer of this.#answers) {
      if (this.looks && !this.asking && question === this.#question) await this.#inspect(question, answer)
    }
  }

  async #inspect(question: number, answer: Answer): Promise<void> {
    const { result } = answer
    if (answer.status !== 'done' || answer.inspected || answer.inspecting || !result?.ids.length) return
    answer.inspecting = true
    answer.inspectFailure = undefined
    try {
      const { promptIds, ids } = result
      const request = { promptIds, ids, adapterId: answer.comparedWith, strength: answer.strength }
      const inspected = await this.#engine.service.inspectAnswer(request)
      if (question === this.#question && this.looks) answer.inspected = inspected
    } catch (error) {
      const failure = asTrouble(error)
      if (question === this.#question && failure.code !== 'cancelled') answer.inspectFailure = failure
    } finally {
      if (question === this.#question) answer.inspecting = false
    }
  }

  /** Ends the answer being written and does not begin the next; what is there stays. */
  async stop(): Promise<void> {
    this.#question++
    this.asking = false
    for (const answer of this.#answers) answer.cancel()
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
    this.others = []
    this.secretTest.clear()
  }

  async #answer(question: number, answer: Answer, speaker: Speaker | undefined): Promise<void> {
    answer.status = 'answering'
    answer.by = speaker?.name ?? ''
    const { strength = 0 } = speaker ?? {}
    const options: GenerationOptions = { ...$state.snapshot(this.sampling), adapterStrength: strength }
    // Pieces come over a port of their own: the last ones may arrive after the whole answer has.
    const onText = proxy((delta: string) => {
      if (question === this.#question && answer.status === 'answering') answer.text += delta
    })
    try {
      const adapterId = await speaker?.id()
      // The base is looked at beside whom it is compared with.
      for (const one of answer === this.tuned ? [this.base, answer] : [answer]) Object.assign(one, { comparedWith: adapterId, strength })
      const request = { prompt: this.prompt, raw: this.raw, adapterId, options }
      const result = await this.#engine.service.generate(request, onText)
      if (question !== this.#question) return
      answer.finish(result)
      if (adapterId && result.tokens > 0 && !this.heard.includes(adapterId)) this.heard = [...this.heard, adapterId]
    } catch (error) {
      if (question !== this.#question) return
      answer.failure = asTrouble(error)
      answer.status = 'failed'
    }
  }
}

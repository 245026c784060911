/** Asking the base and the tuned model the same question, one after the other, and following both answers. */
import { proxy } from 'comlink'
import type { GenerationOptions } from '../generate/types.ts'
import type { AdapterRecord, DatasetSummary, ModelSummary, PlantedSecret, Turn } from '../service/types.ts'
import { Answer } from './answer.svelte.ts'
import type { Blend } from './blend.svelte.ts'
import { Conversation, holdsConversation, type Form } from './conversation.svelte.ts'
import type { Engine } from './engine.svelte.ts'
import { SecretTest } from './secret-test.svelte.ts'
import { TokenLooks } from './token-looks.svelte.ts'
import { asTrouble } from './trouble.ts'

export type Sampling = Omit<GenerationOptions, 'adapterStrength'>

/** Who answers beside the base: an adapter, or a blend of several. */
export interface Speaker {
  /** Tells it from others, whatever it is called. */
  key: string
  name: string
  strength: number
  /** The form that it learnt to be asked in. */
  form: Form
  /** What the service knows it by; a blend is made first. Throws what `blendAdapters` throws. */
  id: () => Promise<string>
  /** Secrets that were planted among the rows of an adapter. */
  planted?: readonly PlantedSecret[] | undefined
}

/** A question as all are asked it, whatever is changed in the meantime. */
interface Asked {
  prompt: string
  /** It is a text to go on from. */
  raw: boolean
  told: readonly Turn[]
  /** In which the base is asked. */
  form: Form
  sampling: Sampling
  /** What the service knows the tuned model by, and how strongly that speaks. */
  beside: string | undefined
  strength: number
}

export class Trial {
  /** What is looked at: answers to a question, scores on rows, or what it remembers of its rows. */
  view = $state<'ask' | 'score' | 'recall'>('ask')
  prompt = $state('')
  /** What the answers shown answer; absent before the first question. */
  asked = $state.raw<Asked>()
  /** What came before that question. */
  readonly conversation = new Conversation()
  /** The adapter that speaks; absent where there is none for this model. */
  adapterId = $state<string>()
  /** 1 is as trained. */
  strength = $state(1)
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
  asking = $state(false)
  /** Whether planted secrets come out. */
  readonly secretTest: SecretTest
  /** Adapters that have given a whole answer in this visit. */
  heard = $state.raw<readonly string[]>([])
  #engine: Engine
  #blend: Blend
  #looks: TokenLooks
  #find: (id: string | undefined) => AdapterRecord | undefined
  #data: () => DatasetSummary | undefined
  #model = $state.raw<ModelSummary>()
  /** The person's own choice whether the model goes on writing. */
  #raw = $state<boolean>()
  /** Counts the questions, so that what belongs to an earlier one is dropped. */
  #question = 0
  readonly speaker = $derived.by<Speaker | undefined>(() => {
    const blend = this.#blend
    const adapter = this.#find(blend.on ? blend.parts[0]?.adapterId : this.adapterId)
    const { template: form = this.#ownForm, planted } = adapter ?? {}
    if (blend.on) return { key: 'blend', name: blend.name || 'nobody', strength: 1, form, id: () => blend.speak() }
    return adapter && { key: adapter.id, name: adapter.name, strength: this.strength, form, id: async () => adapter.id, planted }
  })

  /** `data`: what is open to learn from. */
  constructor(engine: Engine, blend: Blend, find: (id: string | undefined) => AdapterRecord | undefined, data: () => DatasetSummary | undefined = () => undefined) {
    this.#engine = engine
    this.secretTest = new SecretTest(engine)
    this.#looks = new TokenLooks(engine)
    this.#blend = blend
    this.#find = find
    this.#data = data
  }

  /** Sampled as the model says it should be; where it is the same model as before, as the person chose. */
  speakAs(model: ModelSummary) {
    if (this.#model?.identity.hash !== model.identity.hash) Object.assign(this.sampling, model.sampling)
    this.#model = model
  }

  /** Lets one adapter speak, and no blend. */
  choose(adapterId: string | undefined) {
    if (adapterId !== this.adapterId || this.#blend.wanted) this.#change()
    this.#blend.wanted = false
    this.adapterId = adapterId
  }

  /** Lets several speak as one, the one that spoke among them. */
  chooseSeveral() {
    if (!this.#blend.wanted) this.#change()
    this.#blend.begin(this.adapterId)
  }

  /** Another has heard nothing of what was said: base and tuned begin together, so that they can be compared. */
  #change() {
    this.#raw = undefined
    this.conversation.begin()
  }

  /** The base's own form: as the open data is written, else as the model is made for. */
  get #ownForm(): Form {
    const { hasEncoder = false, hasChatTemplate = false } = this.#model ?? {}
    return this.#data()?.template ?? (hasEncoder ? 'source-target' : hasChatTemplate ? 'chat-template' : undefined)
  }

  /** The form in which base and tuned are asked: that of the adapter, where one speaks. */
  get form(): Form {
    return this.speaker ? this.speaker.form : this.#ownForm
  }

  /** Who speaks, or the open data where the base is alone, learnt or holds texts: they are learnt without a template. */
  get isFromTexts(): boolean {
    const data = this.#data()
    if (!this.speaker) return data?.layout === 'text'
    const adapter = this.#find(this.#blend.on ? this.#blend.parts[0]?.adapterId : this.adapterId)
    const layout = adapter?.split?.layout ?? (adapter?.dataset.hash === data?.hash ? data?.layout : undefined)
    return layout === 'text'
  }

  /** The model goes on writing from the words as they are, instead of answering. With an encoder it cannot. */
  get raw(): boolean {
    return this.#model?.hasEncoder !== true && (this.#raw ?? this.isFromTexts)
  }

  set raw(wanted: boolean) {
    this.#raw = wanted
  }

  /** Whether a question can follow the ones before it. */
  get converses(): boolean {
    return !this.raw && holdsConversation(this.form)
  }

  /** Answers are looked at token by token. */
  get looks(): boolean {
    return this.#looks.on
  }

  /** Asks what is written, after what was said before. Asked once more, it takes the place of the question that was asked last. */
  async ask(): Promise<void> {
    if (this.asking) return
    const question = ++this.#question
    const { speaker } = this
    const inspecting = this.#answers.some((answer) => answer.inspecting)
    this.asking = true
    this.base.clear('waiting')
    this.tuned.clear(speaker ? 'waiting' : 'empty')
    this.others = (speaker ? this.besides : []).map((adapterId) => ({ adapterId, answer: new Answer() }))
    for (const { answer } of this.others) answer.clear('waiting')
    const { prompt, raw, form, conversation: { told } } = this
    const strength = speaker?.strength ?? 1
    this.asked = { prompt, raw, told, form, sampling: $state.snapshot(this.sampling), beside: undefined, strength }
    // What is still being looked at is of no use any more, and the question need not wait for it.
    if (inspecting) await this.#engine.service.cancelGeneration().catch(() => undefined)
    // Where there is no such speaker, its own answer says so.
    const asked = { ...this.asked, beside: await speaker?.id().catch(() => undefined) }
    await this.#answer(question, asked, this.base, undefined)
    if (speaker) await this.#answer(question, asked, this.tuned, speaker)
    for (const { adapterId, answer } of this.others) {
      const { name = '', template = form } = this.#find(adapterId) ?? {}
      await this.#answer(question, asked, answer, { key: adapterId, name, strength, form: template, id: async () => adapterId })
    }
    if (question !== this.#question) return
    this.asking = false
    await this.#look()
  }

  /** A further question: what was answered last becomes part of the conversation. */
  async askOn(prompt: string): Promise<void> {
    if (this.asking || !this.asked) return
    const answers = this.#answers.filter(({ status, text }) => status === 'done' && text !== '')
    if (answers.length > 0) this.conversation.add({ question: this.asked.prompt, answers: answers.map(({ key, by, shown }) => ({ key, name: by, text: shown })) })
    this.prompt = prompt
    await this.ask()
  }

  /** A question by itself, whatever was said before. */
  async askAnew(prompt: string): Promise<void> {
    this.beginAnew()
    this.prompt = prompt
    await this.ask()
  }

  /** Leaves the conversation behind, with what was answered last. */
  beginAnew() {
    if (this.asking) void this.stop()
    this.conversation.begin()
    this.prompt = ''
    this.#forget()
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
    this.#looks.on = wanted
    if (wanted) await this.#look()
    else for (const answer of this.#answers) answer.forgetTokens()
  }

  get #answers(): Answer[] {
    return [this.base, this.tuned, ...this.others.map(({ answer }) => answer)]
  }

  #look(): Promise<void> {
    const question = this.#question
    return this.#looks.look(this.#answers, () => !this.asking && question === this.#question)
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

  /** Another model is open, or none: what was said is not its. */
  clear() {
    this.asking = false
    this.conversation.begin()
    this.#raw = undefined
    this.#forget()
    this.secretTest.clear()
  }

  #forget() {
    this.#question++
    this.asked = undefined
    this.base.clear('empty')
    this.tuned.clear('empty')
    this.others = []
  }

  async #answer(question: number, asked: Asked, answer: Answer, speaker: Speaker | undefined): Promise<void> {
    if (question !== this.#question) return
    const key = speaker?.key ?? ''
    const alone = !holdsConversation(speaker ? speaker.form : asked.form)
    const before = asked.raw ? [] : [...asked.told, ...(alone ? [] : this.conversation.heardBy(key))]
    Object.assign(answer, { status: 'answering', by: speaker?.name ?? '', key, alone, before })
    // Pieces come over a port of their own: the last ones may arrive after the whole answer has.
    const onText = proxy((delta: string) => {
      if (question === this.#question && answer.status === 'answering') answer.text += delta
    })
    try {
      const adapterId = await speaker?.id()
      // The base is looked at beside whom it is compared with.
      Object.assign(answer, { comparedWith: adapterId ?? asked.beside, strength: asked.strength })
      const options: GenerationOptions = { ...asked.sampling, adapterStrength: speaker?.strength ?? 0 }
      const { prompt, raw, beside } = asked
      const result = await this.#engine.service.generate({ prompt, raw, before, adapterId, beside, options }, onText)
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

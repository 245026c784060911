/** Questions to the base or a tuned model, one after another, over a decoder that is kept while the adapter stays the same. */
import { textTokens } from '../data/render/tokenize.ts'
import { defaultTemplate } from '../data/render/template.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Template } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { makeAnswer } from '../generate/answer.ts'
import type { Decoder } from '../generate/types.ts'
import { conversationPrompt, type ConversationPrompt } from './conversation-prompt.ts'
import type { EngineRoom } from './engine-room.ts'
import { checkBase, checkTokens, type OpenModel } from './open-model.ts'
import type { Shelf } from './shelf.ts'
import type { GenerationRequest, GenerationResult } from './types.ts'
import type { WatchedEngine } from './watched-engine.ts'

interface Speaker {
  model: OpenModel
  device: WatchedEngine
  adapterId: string | undefined
  template: Template
  decoder: Decoder
  release: () => Promise<void>
}

export interface AnsweringParts {
  room: EngineRoom
  shelf: Shelf
  clock: () => number
  /** How the base is asked where it answers alone: the open data's template. */
  template: (model: OpenModel) => Template
}

export class Answering {
  readonly #parts: AnsweringParts
  #speaker: Speaker | undefined
  /** The questions so far; each waits for the one before. */
  #queue: Promise<unknown> = Promise.resolve()
  #aborts = new Set<AbortController>()

  constructor(parts: AnsweringParts) {
    this.#parts = parts
  }

  /** Throws HomespunError 'no-model', 'adapter-not-found', 'adapter-other-base', 'gpu-lost', and what `makeAnswer` throws. */
  generate(request: GenerationRequest, onText: (delta: string) => void): Promise<GenerationResult> {
    return this.inTurn((signal) => this.#answer(request, onText, signal))
  }

  /** Work with the model, after all that was asked before it. `cancel` aborts the signal. */
  inTurn<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController()
    this.#aborts.add(abort)
    const result = this.#queue.then(() => work(abort.signal)).finally(() => this.#aborts.delete(abort))
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Ends the answer being made, and those that wait, within one token. */
  cancel(): void {
    for (const abort of this.#aborts) abort.abort()
  }

  /** Cancels, and settles when nothing is being answered any more. */
  async quiet(): Promise<void> {
    this.cancel()
    await this.#queue
  }

  /** Frees the decoder: its model is about to go, its adapter to be deleted, or its memory to be needed. */
  async clear(): Promise<void> {
    await this.quiet()
    await this.#free()
  }

  /** Lets go of an adapter that is not speaking now. Throws HomespunError 'adapter-in-use' where it is (F90). */
  async letGo(adapterId: string): Promise<void> {
    if (this.#speaker?.adapterId !== adapterId) return
    if (this.#aborts.size === 0) return this.#free()
    throw new HomespunError('adapter-in-use', 'This adapter is answering right now, so it was not deleted.', {
      where: 'adapter', fix: 'Stop the answer, then delete again.',
    })
  }

  async #free(): Promise<void> {
    const speaker = this.#speaker
    this.#speaker = undefined
    speaker?.decoder.destroy()
    await speaker?.release()
  }

  async #answer(request: GenerationRequest, onText: (delta: string) => void, signal: AbortSignal): Promise<GenerationResult> {
    if (signal.aborted) return { text: '', tokens: 0, promptIds: [], ids: [], seconds: 0, reason: 'cancelled', dropped: 0 }
    const { clock, room } = this.#parts
    const model = await room.model()
    const speaker = await this.#speakerFor(model, request.adapterId ?? request.beside)
    const { ids: prompt, dropped } = this.#prompt(request, speaker)
    checkTokens(prompt, model)
    const { tokenizer } = model
    const options = { ...request.options, adapterStrength: request.adapterId === undefined ? 0 : request.options.adapterStrength }
    // Weights and kernels of who speaks are there by now: the time is that of the answer alone.
    const begun = clock()
    const answer = await speaker.device.guard(makeAnswer({
      decoder: speaker.decoder, prompt, options, endIds: tokenizer.endIds, text: new TextStream(tokenizer, prompt), signal, onText,
    }))
    return { ...answer, promptIds: prompt, seconds: clock() - begun, dropped }
  }

  /** The base is asked in the form of whom it answers beside, so that both read the same. */
  #prompt(request: GenerationRequest, { model, template }: Speaker): ConversationPrompt {
    const { tokenizer, loaded: { contextLength } } = model
    if (request.raw) return { ids: textTokens(request.prompt, tokenizer), dropped: 0 }
    const alone = request.adapterId === undefined && request.beside === undefined
    return conversationPrompt(request, { tokenizer, template: alone ? this.#parts.template(model) : template, contextLength })
  }

  /** A decoder with an adapter speaks for the base too, at strength 0. */
  async #speakerFor(model: OpenModel, adapterId: string | undefined): Promise<Speaker> {
    const fits = this.#speaker?.model === model && (adapterId === undefined || this.#speaker.adapterId === adapterId)
    if (this.#speaker && fits) return this.#speaker
    await this.#free()
    const device = await this.#parts.room.device()
    if (adapterId === undefined) {
      const decoder = await device.guard(model.loaded.createDecoder(undefined))
      this.#speaker = { model, device, adapterId, template: defaultTemplate(model.tokenizer), decoder, release: async () => undefined }
      return this.#speaker
    }
    const release = await this.#parts.shelf.hold(adapterId)
    try {
      const { record, adapter } = await this.#parts.shelf.get(adapterId)
      checkBase(record.base, model)
      const decoder = await device.guard(model.loaded.createDecoder(adapter))
      this.#speaker = { model, device, adapterId, template: record.template, decoder, release }
      return this.#speaker
    } catch (error) {
      await release()
      throw error
    }
  }
}

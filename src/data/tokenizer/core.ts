/**
 * A tokenizer over the Hugging Face libraries, the same in the worker and in Node (node.ts and browser.ts say which
 * library builds it). What it adds: special tokens written in data stay text, pieces of a text can be encoded one after
 * another, and the end tokens come from every place that names them.
 */
import type { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers'
import { HomespunError } from '../../errors.ts'
import type { EncodeOptions, JsonObject, Message, Tokenizer } from '../types.ts'
import { endTokenIds } from './end-ids.ts'
import { defineTokenizer, withoutSpecial, type TokenizerDefinition, type TokenizerFiles } from './files.ts'
import { SHIELD, SpecialSplitter } from './special.ts'

/** What a library gives: its tokenizer, and the chat template rendered. */
export interface TokenizerParts {
  tokenizer: LibraryTokenizer
  renderChat(messages: readonly Message[], addGenerationPrompt: boolean, tools: readonly JsonObject[] | undefined): string
}

export type BuildParts = (json: JsonObject, config: JsonObject) => TokenizerParts

const NO_TEXT = /\uFFFD+/g

/** Throws 'tokenizer-unreadable'. */
export function assembleTokenizer(files: TokenizerFiles, build: BuildParts): Tokenizer {
  const definition = defineTokenizer(files)
  try {
    return new HomespunTokenizer(definition, build)
  } catch (cause) {
    if (cause instanceof HomespunError) throw cause
    throw new HomespunError('tokenizer-unreadable', 'The tokenizer cannot be built from its description.', {
      where: 'tokenizer.json', fix: 'Use the tokenizer.json that belongs to the model.', cause,
    })
  }
}

class HomespunTokenizer implements Tokenizer {
  readonly vocabularySize: number
  readonly bosId: number | undefined
  readonly addsBos: boolean
  readonly endIds: readonly number[]
  readonly decoderStartId: number | undefined
  readonly hasChatTemplate: boolean
  readonly specialIds: ReadonlySet<number>
  readonly specialTokens: readonly string[]
  readonly #parts: TokenizerParts
  /** Reads text at its start, where special tokens are text. */
  readonly #plain: LibraryTokenizer
  /** The same in the middle of a text. */
  readonly #continuing: LibraryTokenizer
  readonly #splitter: SpecialSplitter
  readonly #prefixOnlyAtStart: boolean
  readonly #unknownId: number | undefined
  /** A token that is text, before which others are decoded to see their leading space. */
  readonly #anchor: readonly number[]

  constructor(definition: TokenizerDefinition, build: BuildParts) {
    const { json, config, named } = definition
    this.#parts = build(json, config)
    this.#plain = this.#sibling(definition, build, false)
    this.#continuing = this.#sibling(definition, build, true)
    const special = json.added_tokens.filter((token) => token.special)
    this.#splitter = new SpecialSplitter(special)
    this.specialIds = new Set(special.map((token) => token.id))
    this.specialTokens = this.#splitter.contents
    this.vocabularySize = this.#parts.tokenizer.model?.vocab.length ?? 0
    this.#prefixOnlyAtStart = JSON.stringify(json['pre_tokenizer']).includes('"prepend_scheme":"first"')
    this.#unknownId = this.#idOf(named['unk_token'])
    this.bosId = this.#idOf(named['bos_token'])
    this.addsBos = this.bosId !== undefined && this.#startsWithBos(config)
    this.decoderStartId = definition.decoderStartId
    this.#anchor = this.encode('a')
    this.hasChatTemplate = typeof config['chat_template'] === 'string'
    this.endIds = endTokenIds(this, [this.#idOf(named['eos_token']), ...definition.eosIds])
  }

  /** A second tokenizer beside the first; a BPE model, which is large and reads no special tokens itself, is shared. */
  #sibling({ json, config }: TokenizerDefinition, build: BuildParts, continuing: boolean): LibraryTokenizer {
    const changed = withoutSpecial(json, continuing)
    const shared = json.model['type'] === 'BPE' || 'merges' in json.model
    if (!shared) return build(changed, config).tokenizer
    const { tokenizer } = build({ ...changed, model: { ...json.model, vocab: {}, merges: [] } }, config)
    tokenizer.model = this.#parts.tokenizer.model
    return tokenizer
  }

  #idOf(content: string | undefined): number | undefined {
    return content === undefined ? undefined : this.#parts.tokenizer.token_to_id(content)
  }

  /** `add_bos_token` where the configuration has it (as Hugging Face's own loader does), else what tokenizer.json puts there. */
  #startsWithBos(config: JsonObject): boolean {
    if (typeof config['add_bos_token'] === 'boolean') return config['add_bos_token']
    return this.#parts.tokenizer.encode('a').ids[0] === this.bosId
  }

  encode(text: string, { allowSpecial = false, after = 'start' }: EncodeOptions = {}): number[] {
    if (!allowSpecial) return this.#encodeText(text, after)
    const ids: number[] = []
    let before = after
    for (const part of this.#splitter.split(text)) {
      if (typeof part === 'number') ids.push(part)
      else for (const id of this.#encodeText(part.replaceAll(SHIELD, ''), before)) ids.push(id)
      before = typeof part === 'number' ? 'special' : 'text'
    }
    return ids
  }

  #encodeText(text: string, after: 'start' | 'text' | 'special'): number[] {
    if (text === '') return []
    const inner = after === 'text' || (after === 'special' && this.#prefixOnlyAtStart)
    const { ids } = (inner ? this.#continuing : this.#plain).encode(text, { add_special_tokens: false })
    if (!ids.some((id) => this.specialIds.has(id) && id !== this.#unknownId)) return ids
    // The model itself knows the written form of a special token (Unigram does): part it after its first character.
    const literal = this.#splitter.find(text)
    if (literal === undefined) return ids
    return [...this.#encodeText(text.slice(0, literal + 1), after), ...this.#encodeText(text.slice(literal + 1), 'text')]
  }

  /** Spaces before punctuation are kept as the tokens have them: "clean-up" is meant for WordPiece and damages BPE. */
  decode(ids: readonly number[], { skipSpecial = false }: { skipSpecial?: boolean } = {}): string {
    const vocabulary = this.#parts.tokenizer.model?.vocab ?? []
    const shown = ids.filter((id) => vocabulary[id] !== undefined && !(skipSpecial && this.specialIds.has(id)))
    return shown.length === 0 ? '' : this.#parts.tokenizer.decode(shown, { clean_up_tokenization_spaces: false })
  }

  tokenText(id: number): string {
    const before = this.decode(this.#anchor)
    return this.decode([...this.#anchor, id]).slice(before.length).replace(NO_TEXT, '·')
  }

  renderChat(messages: readonly Message[], { addGenerationPrompt, tools }: Parameters<Tokenizer['renderChat']>[1]): string {
    if (!this.hasChatTemplate) {
      throw new HomespunError('no-chat-template', 'This model has no chat template.', { fix: 'Use the plain template.' })
    }
    try {
      return this.#parts.renderChat(messages, addGenerationPrompt, tools)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new HomespunError('chat-template-refused', `The model's chat template does not take this conversation: ${reason}`, {
        fix: 'Most templates want user and assistant in turn, and some take no system message.', cause,
      })
    }
  }
}

/** A model that only cuts text into words: what the data layer needs of one. */
import type { EncodeOptions, Tokenizer } from '../../src/data/types.ts'
import type { OpenModel } from '../../src/service/open-model.ts'
import { model } from './fixture-data.ts'

/** Words as tokens, near enough to see how they are drawn; an id is a word's place among those met so far. */
class WordTokenizer implements Tokenizer {
  readonly vocabularySize = model.vocabularySize
  readonly bosId = 0
  readonly addsBos = true
  readonly endIds = [1]
  readonly decoderStartId: number | undefined
  readonly hasChatTemplate: boolean
  readonly specialIds: ReadonlySet<number> = new Set([0, 1])
  readonly specialTokens = ['<s>', '</s>']
  #words = ['<s>', '</s>']

  constructor(chatTemplate: boolean, encoder: boolean) {
    this.hasChatTemplate = chatTemplate
    this.decoderStartId = encoder ? 0 : undefined
  }

  encode(text: string, { allowSpecial = false }: EncodeOptions = {}): number[] {
    const words = text.match(allowSpecial ? /<\/?s>|\s?[\p{L}\p{N}’]+|\s?[^\p{L}\p{N}\s]|\s/gu : /\s?[\p{L}\p{N}’]+|\s?[^\p{L}\p{N}\s]|\s/gu) ?? []
    return words.map((word) => {
      const known = this.#words.indexOf(word)
      return known >= 0 ? known : this.#words.push(word) - 1
    })
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => this.tokenText(id)).join('')
  }

  tokenText(id: number): string {
    return this.#words[id] ?? ''
  }

  renderChat(messages: readonly { role: string; content: string }[], { addGenerationPrompt }: { addGenerationPrompt: boolean }): string {
    return messages.map(({ role, content }) => `${role}: ${content}</s>`).join('\n') + (addGenerationPrompt ? '\nassistant: ' : '')
  }
}

const unused = () => {
  throw new Error('The fixture computes nothing')
}

export function fixtureModel({ chatTemplate = false, encoder = false }: { chatTemplate?: boolean; encoder?: boolean }): OpenModel {
  const { family, parameters, layers, hiddenSize, vocabularySize, contextLength, bytesOnGpu, identity } = model
  const loaded = {
    family, parameters, layers, hiddenSize, vocabularySize, contextLength, bytesOnGpu,
    linearModules: [], planStep: unused, createStep: unused, createDecoder: unused, logits: unused, destroy: () => undefined,
  }
  const folder = {
    name: identity.name, files: [], config: {}, configText: '{}', generationConfig: undefined, tokenizerJson: {}, tokenizerConfig: {},
  }
  return { folder: folder as unknown as OpenModel['folder'], tokenizer: new WordTokenizer(chatTemplate, encoder), weights: 'stored', loaded, identity }
}

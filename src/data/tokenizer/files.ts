/**
 * The tokenizer files of a Hugging Face folder, brought into the one form that the libraries read: named special tokens
 * as plain strings, every one of them marked special, one chat template.
 */
import { HomespunError } from '../../errors.ts'
import type { JsonObject } from '../types.ts'

/** Parsed JSON of the folder's files, as far as it has them. */
export interface TokenizerFiles {
  /** tokenizer.json */
  tokenizer: unknown
  /** tokenizer_config.json */
  tokenizerConfig?: unknown
  /** config.json */
  config?: unknown
  /** generation_config.json */
  generationConfig?: unknown
  /** special_tokens_map.json */
  specialTokensMap?: unknown
  /** The text of chat_template.jinja, which goes before the one in tokenizer_config.json. */
  chatTemplate?: string
}

export interface AddedToken {
  id: number
  content: string
  special: boolean
  normalized?: boolean
  lstrip?: boolean
  rstrip?: boolean
}

/** What the rest of the tokenizer works from. `json` and `config` go to the library as they are. */
export interface TokenizerDefinition {
  json: JsonObject & { added_tokens: AddedToken[]; model: JsonObject }
  config: JsonObject
  /** Named tokens: bos_token, eos_token, … */
  named: Record<string, string>
  /** eos ids by config.json and generation_config.json, unchecked. */
  eosIds: unknown[]
  /** Of a model with an encoder: the id with which its decoder begins. */
  decoderStartId: number | undefined
}

const NAMES = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws 'tokenizer-unreadable' where tokenizer.json is no tokenizer. */
export function defineTokenizer(files: TokenizerFiles): TokenizerDefinition {
  const json = files.tokenizer
  if (!isObject(json) || !isObject(json['model'])) {
    throw new HomespunError('tokenizer-unreadable', 'This is not the description of a tokenizer.', {
      where: 'tokenizer.json',
      fix: 'Use the tokenizer.json that belongs to the model.',
    })
  }
  const config = isObject(files.tokenizerConfig) ? files.tokenizerConfig : {}
  const map = isObject(files.specialTokensMap) ? files.specialTokensMap : {}
  const named = namedTokens({ ...map, ...config })
  const template = files.chatTemplate ?? defaultChatTemplate(config['chat_template'])
  const { chat_template: _, ...plain } = config
  return {
    json: { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...json,
      model: json['model'], added_tokens: addedTokens(json, new Set(Object.values(named))) },
    config: { ...plain, ...nothing(NAMES), ...named, ...(template === undefined ? {} : { chat_template: template }) },
    named,
    decoderStartId: decoderStart(files.config),
    eosIds: [files.config, files.generationConfig].filter(isObject).flatMap((part) => part['eos_token_id']),
  }
}

/** As config.json says where the model has an encoder; T5's is its padding token. */
function decoderStart(config: unknown): number | undefined {
  if (!isObject(config) || (config['is_encoder_decoder'] !== true && config['model_type'] !== 't5')) return undefined
  return [config['decoder_start_token_id'], config['pad_token_id']].find((id) => typeof id === 'number') ?? 0
}

/** A name in the config that is null would be taken for a token by some readers; undefined is not. */
function nothing(names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

/** A named token is a string, or an object with its `content` (both forms are in use). */
function namedTokens(source: JsonObject): Record<string, string> {
  const named: Record<string, string> = {}
  for (const name of NAMES) {
    const value = source[name]
    const content = isObject(value) ? value['content'] : value
    if (typeof content === 'string' && content !== '') named[name] = content
  }
  return named
}

/** Every added token, and named tokens of the vocabulary that tokenizer.json does not list as added; the named ones are special. */
function addedTokens(json: JsonObject, named: ReadonlySet<string>): AddedToken[] {
  const listed = Array.isArray(json['added_tokens']) ? json['added_tokens'] : []
  const tokens = listed.filter(isAddedToken).map((token) => ({ ...token, special: token.special || named.has(token.content) }))
  const vocabulary = isObject(json['model']) ? json['model']['vocab'] : undefined
  for (const content of named) {
    if (tokens.some((token) => token.content === content)) continue
    const id = isObject(vocabulary) ? vocabulary[content] : undefined
    if (typeof id === 'number') tokens.push({ id, content, special: true, normalized: false })
  }
  return tokens
}

function isAddedToken(value: unknown): value is AddedToken {
  return isObject(value) && Number.isSafeInteger(value['id']) && typeof value['content'] === 'string' && value['content'] !== ''
}

/** A config holds one template, or a list of named ones of which "default" counts. */
function defaultChatTemplate(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  const chosen: unknown = value.filter(isObject).find((entry) => entry['name'] === 'default')?.['template']
  return typeof chosen === 'string' ? chosen : undefined
}

/**
 * The same tokenizer for text in which special tokens are only text, and (`continuing`) for the middle of a text, where
 * no space is put in front. The prefix comes from a Prepend normaliser, Metaspace or ByteLevel's add_prefix_space.
 */
export function withoutSpecial(json: TokenizerDefinition['json'], continuing: boolean): TokenizerDefinition['json'] {
  const added = json.added_tokens.filter((token) => !token.special)
  if (!continuing) return { ...json, added_tokens: added }
  return {
    ...json,
    added_tokens: added,
    normalizer: withoutPrefix(json['normalizer']),
    pre_tokenizer: withoutPrefix(json['pre_tokenizer']),
  }
}

function withoutPrefix(part: unknown): unknown {
  if (!isObject(part)) return part
  switch (part['type']) {
    case 'Prepend':
      return null
    case 'Metaspace':
      return { ...part, prepend_scheme: 'never', add_prefix_space: false }
    case 'ByteLevel':
      return { ...part, add_prefix_space: false }
    case 'Sequence': {
      const key = Array.isArray(part['normalizers']) ? 'normalizers' : 'pretokenizers'
      const inner = Array.isArray(part[key]) ? part[key] : []
      return { ...part, [key]: inner.map(withoutPrefix).filter((step) => step !== null) }
    }
    default:
      return part
  }
}

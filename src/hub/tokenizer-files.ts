/** The tokenizer's files of a model folder, brought together as the newest layout has them. */
import { HomespunError } from '../errors.ts'
import type { ByteSource } from './types.ts'
import { readJsonObject, readText } from './json-file.ts'

export interface TokenizerFiles {
  tokenizerJson: Record<string, unknown>
  tokenizerConfig: Record<string, unknown>
}

/**
 * Reads tokenizer.json and tokenizer_config.json, and merges what older and newer layouts keep in files of their own:
 * special tokens (special_tokens_map.json) where the config has none, and the chat template (chat_template.jinja, or
 * chat_template.json), which takes the place of the config's. Throws 'tokenizer-missing', 'json-…' and 'text-…'.
 */
export async function readTokenizerFiles(files: ReadonlyMap<string, ByteSource>): Promise<TokenizerFiles> {
  const tokenizer = files.get('tokenizer.json')
  if (!tokenizer) throw tokenizerMissing([...files.keys()])
  const tokenizerJson = await readJsonObject(tokenizer)
  const specialTokens = await readOptional(files, 'special_tokens_map.json')
  const config = await readOptional(files, 'tokenizer_config.json')
  // Hugging Face's default too: unless asked, spaces before punctuation are text like any other.
  const tokenizerConfig = { clean_up_tokenization_spaces: false, ...specialTokens, ...config }
  const template = await readTemplate(files)
  return {
    tokenizerJson,
    tokenizerConfig: template === undefined ? tokenizerConfig : { ...tokenizerConfig, chat_template: template },
  }
}

async function readTemplate(files: ReadonlyMap<string, ByteSource>): Promise<unknown> {
  const jinja = files.get('chat_template.jinja')
  if (jinja) return readText(jinja)
  return (await readOptional(files, 'chat_template.json'))?.['chat_template']
}

/** The object in a file that need not be there. */
export async function readOptional(
  files: ReadonlyMap<string, ByteSource>,
  name: string,
): Promise<Record<string, unknown> | undefined> {
  const source = files.get(name)
  return source && readJsonObject(source)
}

/** The error that says what was found in the place of tokenizer.json. */
export function tokenizerMissing(names: readonly string[]): HomespunError {
  const what = 'There is no tokenizer.json in this folder, so text cannot be turned into tokens.'
  const convert = 'AutoTokenizer.from_pretrained(folder).save_pretrained(folder) in Python (transformers) writes one.'
  const fixes: [string, string][] = [
    ['tokenizer.model', `Its tokenizer.model is the older SentencePiece format: ${convert}`],
    ['vocab.json', `Its vocab.json and merges.txt are the older format: ${convert}`],
  ]
  const fix = fixes.find(([name]) => names.includes(name))?.[1] ?? 'Add the tokenizer.json that belongs to the model.'
  return new HomespunError('tokenizer-missing', what, { fix })
}

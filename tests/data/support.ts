/** Tokenizers for the tests: the repository's own, the same with a chat template, and the shared ones where they are. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import type { TokenizerFiles } from '../../src/data/tokenizer/files.ts'
import type { JsonObject, Tokenizer } from '../../src/data/types.ts'

export const TINY = new URL('../fixtures/models/tiny-llama/', import.meta.url)
export const STORIES = new URL('../../../shared/models/stories260K/', import.meta.url)
export const PYTHIA = new URL('../../../shared/tokenizers/pythia/', import.meta.url)

export function isThere(folder: URL): boolean {
  return existsSync(new URL('tokenizer.json', folder))
}

export function readJsonFile(url: URL): JsonObject {
  return JSON.parse(readFileSync(fileURLToPath(url), 'utf8')) as JsonObject
}

export function tokenizerFiles(folder: URL): TokenizerFiles {
  const optional = (name: string) => {
    const url = new URL(name, folder)
    return existsSync(url) ? readJsonFile(url) : undefined
  }
  return {
    tokenizer: readJsonFile(new URL('tokenizer.json', folder)),
    tokenizerConfig: optional('tokenizer_config.json'),
    config: optional('config.json'),
    generationConfig: optional('generation_config.json'),
  }
}

export async function tinyTokenizer(): Promise<Tokenizer> {
  return createTokenizer(tokenizerFiles(TINY))
}

/** tiny-llama's tokenizer files with more special tokens and a chat template. */
export function withChat(chatTemplate: string, special: readonly string[], folder: URL = TINY): TokenizerFiles {
  const files = tokenizerFiles(folder)
  const json = files.tokenizer as JsonObject & { added_tokens: JsonObject[]; model: { vocab: JsonObject } }
  const first = Object.keys(json.model.vocab).length
  const added = special.map((content, index) => ({
    id: first + index, content, special: true, normalized: false, single_word: false, lstrip: false, rstrip: false,
  }))
  return { ...files, tokenizer: { ...json, added_tokens: [...json.added_tokens, ...added] }, chatTemplate }
}

/** As Qwen2 and SmolLM write chats. */
export const CHATML =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

/** As Llama 2 writes them: white space around the content, the end token after it. */
export const LLAMA2 =
  "{% for message in messages %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + message['content'].strip() + ' [/INST]' }}" +
  "{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'].strip() + ' ' + eos_token }}" +
  "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}"

/** As Qwen3 does: an empty thought before the last answer only, and thoughts in earlier answers dropped. */
export const THINKING =
  "{% for message in messages %}{% set content = message.content %}{% if message.role == 'assistant' %}" +
  "{% set content = content.split('</think>')[-1].lstrip('\n') %}{% if loop.last %}" +
  "{{ '<|im_start|>assistant\n<think>\n\n</think>\n\n' + content + '<|im_end|>\n' }}{% else %}" +
  "{{ '<|im_start|>assistant\n' + content + '<|im_end|>\n' }}{% endif %}{% else %}" +
  "{{ '<|im_start|>' + message.role + '\n' + content + '<|im_end|>\n' }}{% endif %}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

/** As Llama 3 does. */
export const LLAMA3 =
  "{% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' %}" +
  "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"

/** As Gemma 2 does: roles checked, the assistant called "model". */
export const GEMMA =
  "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}" +
  "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}" +
  "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}" +
  "{{ '<|im_start|>' + role + '\n' + message['content'] | trim + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>model\n' }}{% endif %}"

export const CHAT_TOKENS = ['<|im_start|>', '<|im_end|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>']

export async function chatTokenizer(template = CHATML): Promise<Tokenizer> {
  return createTokenizer(withChat(template, CHAT_TOKENS))
}

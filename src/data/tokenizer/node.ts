/** The tokenizer for Node, over @huggingface/tokenizers and @huggingface/jinja: transformers would load native modules there. */
import { Template } from '@huggingface/jinja'
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers'
import type { JsonObject, Tokenizer } from '../types.ts'
import { assembleTokenizer, type TokenizerParts } from './core.ts'
import type { TokenizerFiles } from './files.ts'

/** Throws 'tokenizer-unreadable'. */
export async function createTokenizer(files: TokenizerFiles): Promise<Tokenizer> {
  return assembleTokenizer(files, buildParts)
}

function buildParts(json: JsonObject, config: JsonObject): TokenizerParts {
  const source = config['chat_template']
  let template: Template | undefined
  return {
    tokenizer: new LibraryTokenizer(json, config),
    renderChat(messages, addGenerationPrompt, tools = []) {
      template ??= new Template(typeof source === 'string' ? source : '')
      return template.render({ ...namedTokens(config), messages, add_generation_prompt: addGenerationPrompt, tools: tools.length > 0 ? tools : null, documents: null })
    },
  }
}

/** Templates refer to bos_token, eos_token and their like by name. */
function namedTokens(config: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([name, value]) => name.endsWith('_token') && typeof value === 'string'))
}

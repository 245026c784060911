/** The tokenizer for the worker, over transformers.js, which is loaded when the first model is opened. */
import type { Tokenizer } from '../types.ts'
import { assembleTokenizer } from './core.ts'
import type { TokenizerFiles } from './files.ts'

/** Nothing is fetched but the library's own code, from the page's server. Throws 'tokenizer-unreadable'. */
export async function createTokenizer(files: TokenizerFiles): Promise<Tokenizer> {
  const { PreTrainedTokenizer } = await import('@huggingface/transformers')
  return assembleTokenizer(files, (json, config) => {
    const library = new PreTrainedTokenizer(json, config)
    return {
      tokenizer: library._tokenizer,
      renderChat: (messages, addGenerationPrompt, tools = []) =>
        library.apply_chat_template([...messages], {
          tokenize: false, add_generation_prompt: addGenerationPrompt, ...(tools.length > 0 && { tools: [...tools] }),
        }),
    }
  })
}

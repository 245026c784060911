/** A conversation as the tokens that a model is given, without its oldest questions where it has outgrown the model. */
import { promptTokens } from '../data/render/tokenize.ts'
import type { Template, Tokenizer } from '../data/types.ts'
import type { GenerationRequest, Turn } from './types.ts'

export interface ConversationPrompt {
  ids: number[]
  /** Questions that were left out. */
  dropped: number
}

export interface Form {
  tokenizer: Tokenizer
  template: Template
  /** Tokens that the model reads, the answer's among them. */
  contextLength: number
}

/**
 * The question after as much of what was said before it as leaves room for the answer, but never more room than half of what the
 * model reads. A system message stays. The question itself stays whatever its length. Throws 'chat-template-refused'.
 */
export function conversationPrompt(
  { prompt, before = [], options }: Pick<GenerationRequest, 'prompt' | 'before' | 'options'>, { tokenizer, template, contextLength }: Form,
): ConversationPrompt {
  const room = Math.min(options.maxTokens, Math.floor(contextLength / 2))
  const system = before.filter(({ role }) => role === 'system')
  let turns = before.filter(({ role }) => role !== 'system')
  for (let dropped = 0; ; dropped++) {
    const ids = promptTokens([...system, ...turns, { role: 'user', content: prompt }], tokenizer, template)
    if (turns.length === 0 || ids.length + room <= contextLength) return { ids, dropped }
    turns = withoutOldest(turns)
  }
}

/** A question goes with its answer, so that the rest begins with a question. */
function withoutOldest(turns: readonly Turn[]): Turn[] {
  const next = turns.findIndex(({ role }, index) => index > 0 && role === 'user')
  return next < 0 ? [] : turns.slice(next)
}

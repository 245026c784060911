/** After which tokens an answer is over. */
import type { Tokenizer } from '../types.ts'

/** Stands for an answer in a rendered chat: a noncharacter, which no template looks for and no trimming removes. */
export const ANSWER_MARK = '\uFDD1'

/**
 * The union of the named ids (numbers or lists of them, as configs give them; what is no id of the vocabulary is left
 * out) and of the end-of-turn token that the chat template writes after an assistant's message, in this order.
 */
export function endTokenIds(
  tokenizer: Pick<Tokenizer, 'vocabularySize' | 'hasChatTemplate' | 'renderChat' | 'encode' | 'specialIds'>,
  named: readonly unknown[],
): number[] {
  const ids = named.flat().filter((id): id is number => Number.isSafeInteger(id) && isId(id, tokenizer.vocabularySize))
  const endOfTurn = endOfTurnId(tokenizer)
  return [...new Set(endOfTurn === undefined ? ids : [...ids, endOfTurn])]
}

function isId(value: unknown, size: number): boolean {
  return typeof value === 'number' && value >= 0 && value < size
}

/** The special token that follows the answer, with nothing but white space between. */
function endOfTurnId(
  tokenizer: Pick<Tokenizer, 'hasChatTemplate' | 'renderChat' | 'encode' | 'specialIds'>,
): number | undefined {
  if (!tokenizer.hasChatTemplate) return undefined
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: ANSWER_MARK },
  ] as const
  let rendered: string
  try {
    rendered = tokenizer.renderChat(messages, { addGenerationPrompt: false })
  } catch {
    // A template that refuses even this names no token; what it refuses is said when a conversation is rendered.
    return undefined
  }
  const tail = rendered.slice(rendered.lastIndexOf(ANSWER_MARK) + ANSWER_MARK.length).trimStart()
  const [first] = tokenizer.encode(tail, { allowSpecial: true })
  return first !== undefined && tokenizer.specialIds.has(first) ? first : undefined
}

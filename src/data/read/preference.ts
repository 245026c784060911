/** Preference pairs, TRL's and OpenAI's: the chosen answer is learnt; the rejected one is kept beside it. */
import type { JsonObject, Message } from '../types.ts'
import { chatExample, sideMessages, type Messages } from './chat.ts'
import { noText, pairOrChat } from './columns.ts'
import { fail, type Parsed } from './findings.ts'

const PROMPTS = ['prompt', 'question', 'input', 'instruction', 'query']

export function isPreference(record: JsonObject): boolean {
  return ('chosen' in record && 'rejected' in record) || 'preferred_output' in record
}

export function preference(record: JsonObject, row: number): Parsed {
  if ('preferred_output' in record) return openAiPreference(record, row)
  const { chosen, rejected, system } = record
  const key = PROMPTS.find((name) => name in record)
  const prompt = key === undefined ? undefined : record[key]
  if (Array.isArray(chosen) || Array.isArray(prompt)) return conversation(prompt, chosen, rejected, record, row)
  if (prompt === undefined) return fail('necessary_column', '"prompt" is missing.', 'Give the row a "prompt".')
  if (typeof prompt !== 'string') return noText(key ?? 'prompt', prompt)
  if (typeof chosen !== 'string') return noText('chosen', chosen)
  if (typeof rejected !== 'string') return noText('rejected', rejected)
  return { example: { ...pairOrChat(typeof system === 'string' ? system : '', prompt, chosen, row), rejected } }
}

function openAiPreference(record: JsonObject, row: number): Parsed {
  const { input, preferred_output: chosen, non_preferred_output: rejected } = record
  if (typeof input !== 'object' || input === null || !('messages' in input)) {
    return fail('missing_messages_list', '"input" must hold a list of messages.', 'Write {"input": {"messages": […]}}.')
  }
  return conversation(input.messages, chosen, rejected, { ...record, ...input }, row)
}

/** Message lists: the chosen one may hold the whole conversation, the prompt included. Answers before the last are not learnt. */
function conversation(prompt: unknown, chosen: unknown, rejected: unknown, record: JsonObject, row: number): Parsed {
  const answer = sideMessages(chosen, 'assistant', 'chosen')
  if ('problem' in answer) return answer
  const other = sideMessages(rejected, 'assistant', 'rejected')
  if ('problem' in other) return other
  const isWhole = answer.messages[0]?.role !== 'assistant'
  const asked: Messages = isWhole ? { messages: [], notes: [] } : sideMessages(prompt, 'user', 'prompt')
  if ('problem' in asked) return asked
  const all = [...asked.messages, ...answer.messages]
  const last = isWhole ? all.length - 1 : asked.messages.length
  const messages = all.map((message, at) => (message.role === 'assistant' && at < last ? { ...message, weight: 0 } : message))
  const parsed = chatExample({ messages, notes: [...asked.notes, ...answer.notes] }, record, row)
  if ('problem' in parsed) return parsed
  return { ...parsed, example: { ...parsed.example, rejected: lastAnswer(other.messages) } }
}

function lastAnswer(messages: readonly Message[]): string {
  return messages.findLast(({ role }) => role === 'assistant')?.content ?? ''
}

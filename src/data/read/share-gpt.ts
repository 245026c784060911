/** ShareGPT: turns "from" somebody, as LLaMA-Factory reads them; tools are called and observed in between. */
import type { JsonObject, Message, Role } from '../types.ts'
import { chatExample, parsedObject, readCall } from './chat.ts'
import { typeName } from './columns.ts'
import { fail, type Parsed, type Problem } from './findings.ts'

const ROLES: Readonly<Record<string, Role>> = {
  human: 'user', user: 'user', system: 'system',
  gpt: 'assistant', assistant: 'assistant', model: 'assistant', chatgpt: 'assistant', bing: 'assistant', bard: 'assistant',
  function_call: 'assistant', observation: 'tool', tool: 'tool', function_response: 'tool',
}

export function shareGpt(record: JsonObject, row: number): Parsed {
  const { conversations, system } = record
  if (!Array.isArray(conversations) || conversations.length === 0) {
    return fail('missing_messages_list', '"conversations" must be a list of turns.', 'Write a list of objects with from and value.')
  }
  const messages: Message[] = typeof system === 'string' && system !== '' ? [{ role: 'system', content: system }] : []
  for (const [index, turn] of conversations.entries()) {
    const read = readTurn(turn, index + 1)
    if ('problem' in read) return read
    messages.push(read.message)
  }
  return chatExample({ messages, notes: [] }, record, row)
}

function readTurn(turn: unknown, place: number): { message: Message } | { problem: Problem } {
  if (typeof turn !== 'object' || turn === null || Array.isArray(turn)) {
    return fail('data_type', `Turn ${place} must be an object, and is ${typeName(turn)}.`, 'Write from and value.')
  }
  const { from, value, weight, role = from, content = value } = turn as JsonObject
  if (role === undefined) return fail('message_missing_key', `Turn ${place} has no "from".`, 'Use human or gpt.')
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined
  if (!known) return fail('unrecognized_role', `Turn ${place} is from ${JSON.stringify(role)}.`, 'Use human, gpt, system, function_call or observation.')
  if (typeof content !== 'string') return fail('missing_content', `Turn ${place} has no text in "value".`, 'Write the value as text.')
  const weighed = weight === 0 || weight === 1 ? { weight } : {}
  if (role !== 'function_call') return { message: { role: known, content, ...weighed } }
  const called = parsedObject(content)
  const calls = (Array.isArray(called) ? called : [called]).map(readCall)
  if (calls.includes(undefined)) {
    return fail('bad-tool-call', `Turn ${place} calls a tool in words that are no JSON.`, 'Write {"name": …, "arguments": …}.')
  }
  return { message: { role: known, content: '', ...weighed, tool_calls: calls.filter((call) => call !== undefined) } }
}

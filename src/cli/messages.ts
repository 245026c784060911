/** A conversation from a JSON file: a list of messages, or an object that holds one as "messages". */
import type { Message, Role } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { readBytes } from './folders.ts'

const ROLES: readonly Role[] = ['system', 'user', 'assistant', 'tool', 'function']

/** Throws 'file-unreadable', 'chat-invalid'. */
export async function readMessages(path: string): Promise<Message[]> {
  const refuse = (what: string, cause?: unknown) =>
    new HomespunError('chat-invalid', what, { where: path, fix: 'It looks like [{"role": "user", "content": "…"}].', cause })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(path)))
  } catch (cause) {
    if (cause instanceof HomespunError) throw cause
    throw refuse('This conversation is not readable JSON.', cause)
  }
  const list: unknown = Array.isArray(json) ? json : (json as { messages?: unknown } | null)?.messages
  if (!Array.isArray(list) || list.length === 0) throw refuse('There are no messages in this file.')
  return list.map((entry: unknown, index) => {
    const { role, content } = (entry ?? {}) as { role?: unknown; content?: unknown }
    const known = ROLES.find((one) => one === role)
    if (known && typeof content === 'string') return { role: known, content }
    throw refuse(`Message ${index + 1} has no known role, or no text.`)
  })
}

/** The format errors of OpenAI's notebook "Data preparation and analysis for chat model fine-tuning", on records as they stand in a file. */

export type FormatError =
  | 'data_type'
  | 'missing_messages_list'
  | 'message_missing_key'
  | 'message_unrecognized_key'
  | 'unrecognized_role'
  | 'missing_content'
  | 'example_missing_assistant_message'

const KEYS = new Set(['role', 'content', 'name', 'function_call', 'weight'])
const ROLES = new Set<unknown>(['system', 'user', 'assistant', 'function'])

/**
 * The errors of one record, once for every message that has them, as the notebook counts. It knows neither tools nor the
 * role "tool", which chats of a later day may well have.
 */
export function formatErrors(record: unknown): FormatError[] {
  if (!isObject(record)) return ['data_type']
  const { messages } = record
  if (!Array.isArray(messages) || messages.length === 0) return ['missing_messages_list']
  const items: unknown[] = messages
  const errors = items.flatMap(messageErrors)
  if (!items.some((item) => isObject(item) && item['role'] === 'assistant')) errors.push('example_missing_assistant_message')
  return errors
}

/** A message that is no object lacks every key. */
function messageErrors(item: unknown): FormatError[] {
  const message = isObject(item) ? item : {}
  const { content, function_call: call } = message
  const errors: FormatError[] = []
  if (!('role' in message) || !('content' in message)) errors.push('message_missing_key')
  if (Object.keys(message).some((key) => !KEYS.has(key))) errors.push('message_unrecognized_key')
  if (!ROLES.has(message['role'])) errors.push('unrecognized_role')
  if (typeof content !== 'string' || (content === '' && !call)) errors.push('missing_content')
  return errors
}

export type FormatErrors = Partial<Record<FormatError, number>>

/** How often each error occurs, added to `counts`. */
export function countFormatErrors(records: Iterable<unknown>, counts: FormatErrors = {}): FormatErrors {
  for (const record of records) for (const error of formatErrors(record)) counts[error] = (counts[error] ?? 0) + 1
  return counts
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

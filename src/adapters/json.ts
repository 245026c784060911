/** JSON whose bytes depend on its content only, and small checked readings of JSON that others wrote. */
import { HomespunError } from '../errors.ts'

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Keys sorted at every depth, two spaces, a final newline: the same content gives the same bytes. */
export function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, sorted, 2)}\n`)
}

/** Throws `code` where the bytes are no UTF-8 JSON object. `where` names the file. */
export function decodeJsonObject(bytes: Uint8Array, code: string, where: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new HomespunError(code, 'This file is not readable JSON.', { where, cause })
  }
  if (!isObject(value)) throw new HomespunError(code, 'This file holds no JSON object.', { where })
  return value
}

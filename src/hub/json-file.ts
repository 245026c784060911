/** The small JSON and text files of a model folder, read with errors that name the file; and JSON with one spelling only. */
import { HomespunError } from '../errors.ts'
import type { ByteSource } from './types.ts'

/** The largest tokenizer.json in use is under 40 MB. */
const maxTextBytes = 256 * 2 ** 20
/** Far deeper than any configuration; keeps a hostile one from overflowing the stack. */
const maxDepth = 100

/** Text of a small UTF-8 file, without a byte order mark. Throws 'text-too-large', 'text-not-utf8' and 'file-unreadable'. */
export async function readText(source: ByteSource): Promise<string> {
  if (source.size > maxTextBytes) {
    const what = `The file is ${Math.round(source.size / 2 ** 20)} MB, far larger than such a file ever is.`
    throw new HomespunError('text-too-large', what, { where: source.name })
  }
  const bytes = await source.read(0, source.size)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const fix = 'Download the file again, or save it as UTF-8.'
    throw new HomespunError('text-not-utf8', 'The file is not UTF-8 text.', { where: source.name, fix, cause })
  }
}

/** The object in a JSON file. Throws 'json-malformed', 'json-not-object' and what `readText` throws. */
export async function readJsonObject(source: ByteSource): Promise<Record<string, unknown>> {
  return parseJsonObject(await readText(source), source.name)
}

/** The object in the text of a JSON file. Throws 'json-malformed', 'json-not-object'. */
export function parseJsonObject(text: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? ` ${cause.message.slice(0, 200)}.` : ''
    const fix = 'Download the file again, or correct it in an editor.'
    throw new HomespunError('json-malformed', `The file is not valid JSON.${reason}`, { where, fix, cause })
  }
  if (!isJsonObject(value)) {
    throw new HomespunError('json-not-object', 'The file is JSON, but not an object of settings.', { where })
  }
  return value
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON with sorted keys and no spaces: the same for the same values, however the file was written. Throws 'json-too-deep'. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > maxDepth) {
    throw new HomespunError('json-too-deep', `The configuration is nested more than ${maxDepth} levels deep.`)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const entries = Object.keys(value).sort()
  return `{${entries.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key], depth + 1)}`).join(',')}}`
}

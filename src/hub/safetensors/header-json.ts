/**
 * The JSON of a safetensors header: what JSON.parse lets through but a header must not hold
 * (a name given twice, "__proto__", a lone surrogate, deep nesting) is found by one linear scan beside it.
 */
import { HomespunError } from '../../errors.ts'

/** A header is three deep: the root, a tensor, its shape. A few more leave room for fields of later versions. */
const maxDepth = 8

/**
 * Parses the text of a header. Throws 'safetensors-not-json', 'safetensors-not-object', 'safetensors-duplicate-name',
 * 'safetensors-forbidden-name' and 'safetensors-not-utf8'.
 */
export function parseHeaderJson(text: string, file: string): Record<string, unknown> {
  const finding = scanKeys(text)
  let root: unknown
  try {
    if (finding?.kind === 'too-deep') throw new SyntaxError(`nested more than ${maxDepth} levels deep`)
    root = JSON.parse(text)
  } catch (cause) {
    const fix = 'Download the file again, or save it again from where it was made.'
    throw new HomespunError('safetensors-not-json', 'The header of the weights is not valid JSON.', { where: file, fix, cause })
  }
  if (typeof root !== 'object' || root === null || Array.isArray(root) || !text.startsWith('{')) {
    const what = 'The header of the weights is JSON, but not the object of tensors that it has to be.'
    throw new HomespunError('safetensors-not-object', what, { where: file })
  }
  if (finding) throw keyError(finding, file)
  return root as Record<string, unknown>
}

/** A name as shown to a person: names come from the file, so they may be of any length and hold control characters. */
export function shownName(name: string): string {
  const printable = name.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')
  return printable.length > 100 ? `${printable.slice(0, 100)}…` : printable
}

interface KeyFinding {
  kind: 'too-deep' | 'duplicate' | 'forbidden' | 'surrogate'
  key: string
}

function keyError({ kind, key }: KeyFinding, file: string): HomespunError {
  const where = `${file}, name "${shownName(key)}"`
  if (kind === 'duplicate') {
    const what = 'A name stands twice in the header of the weights, so it is unclear which is meant.'
    return new HomespunError('safetensors-duplicate-name', what, { where })
  }
  if (kind === 'surrogate') {
    return new HomespunError('safetensors-not-utf8', 'A name in the header of the weights is not valid text.', { where })
  }
  const what = 'The header of the weights uses a name that no tensor has and that could harm programs reading it.'
  return new HomespunError('safetensors-forbidden-name', what, { where })
}

/**
 * Walks over the text once and returns the first object key that must not be. It trusts nothing about the text:
 * where it is no JSON, whatever this returns, JSON.parse refuses it afterwards.
 */
function scanKeys(text: string): KeyFinding | undefined {
  /** Keys seen in each open object; undefined for an open array. */
  const open: (Set<string> | undefined)[] = []
  let expectsKey = false
  let finding: KeyFinding | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') {
      if (open.length === maxDepth) return { kind: 'too-deep', key: '' }
      open.push(character === '{' ? new Set() : undefined)
      expectsKey = character === '{'
    } else if (character === '}' || character === ']') {
      open.pop()
      expectsKey = false
    } else if (character === ',') {
      expectsKey = open.at(-1) !== undefined
    } else if (character === '"') {
      const end = endOfString(text, at)
      const keys = open.at(-1)
      if (expectsKey && keys) finding ??= checkKey(unescape(text.slice(at, end)), keys)
      expectsKey = false
      at = end - 1
    }
  }
  return finding
}

function checkKey(key: string, seen: Set<string>): KeyFinding | undefined {
  if (seen.has(key)) return { kind: 'duplicate', key }
  seen.add(key)
  if (key === '__proto__') return { kind: 'forbidden', key }
  // With the u flag a surrogate matches only where it has no partner: such a name cannot be written as UTF-8.
  if (/\p{Cs}/u.test(key)) return { kind: 'surrogate', key }
  return undefined
}

/** Index just after the closing quote of the string that opens at `start`, or the text's end. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (character === '"') return at + 1
  }
  return text.length
}

/** "A" and "\u0041" are the same name. A malformed literal stays as it is: JSON.parse refuses the whole text. */
function unescape(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try {
    return JSON.parse(literal) as string
  } catch {
    return literal
  }
}

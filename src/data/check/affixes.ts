/** What texts begin or end with in common. */
import { exampleColumns } from '../example.ts'
import type { Example } from '../types.ts'
import type { ColumnName } from './columns.ts'

const LONGEST = 2000

/** Yields at every example; returns what was found. */
type Finder = Generator<void, string, undefined>

/** What that column begins with in every example. */
export function commonPrefix(examples: readonly Example[], column: ColumnName): Finder {
  return common(examples, column, (text, length) => text.slice(0, length), sharedStart)
}

/** What that column ends with in every example. */
export function commonSuffix(examples: readonly Example[], column: ColumnName): Finder {
  return common(examples, column, (text, length) => text.slice(text.length - length), sharedEnd)
}

/** A beginning without the word that it breaks off in: "Table: 1-1" of "Table: 1-12" and "Table: 1-17" is "Table: ". */
export function wholeBeginning(prefix: string): string {
  return /^[^]*[\s:>)\]}]/.exec(prefix)?.[0] ?? ''
}

/** An ending without the word that it begins in. */
export function wholeEnding(suffix: string): string {
  return suffix.replace(/^[\p{L}\p{N}]+/u, '')
}

function* common(
  examples: readonly Example[], column: ColumnName,
  cut: (text: string, length: number) => string, shared: (one: string, other: string) => number,
): Finder {
  let affix: string | undefined
  for (const example of examples) {
    const text = exampleColumns(example)[column]
    affix ??= cut(text, Math.min(LONGEST, text.length))
    const length = shared(affix, text)
    if (length < affix.length) affix = cut(affix, length)
    if (affix === '') break
    yield
  }
  return affix ?? ''
}

function sharedStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  let length = 0
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length++
  return length
}

function sharedEnd(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  let length = 0
  while (length < most && one.charCodeAt(one.length - 1 - length) === other.charCodeAt(other.length - 1 - length)) length++
  return length
}

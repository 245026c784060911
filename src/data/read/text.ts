/** Bytes to text: byte order marks, line ends of every kind, and bytes that are no UTF-8. */
import { HomespunError } from '../../errors.ts'

/** A line that is longer is no training example, and would have to be held in memory several times over. */
export const MOST_LINE_BYTES = 16 * 2 ** 20
/** Tables and JSON arrays are parsed whole; JavaScript holds no string much longer than this. */
const MOST_WHOLE_BYTES = 256 * 2 ** 20

const CR = 13
const LF = 10

export interface Line {
  /** Counted from 1. */
  number: number
  bytes: Uint8Array
}

/**
 * The bytes without a byte order mark. UTF-16, which its mark shows, is turned into UTF-8.
 * `utf16`: whether that was so.
 */
export function normaliseEncoding(bytes: Uint8Array): { bytes: Uint8Array; utf16: boolean } {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return { bytes: bytes.subarray(3), utf16: false }
  const label = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined
  if (label === undefined) return { bytes, utf16: false }
  checkWholeSize(bytes)
  return { bytes: new TextEncoder().encode(new TextDecoder(label).decode(bytes)), utf16: true }
}

/** Lines between LF, CRLF or lone CR; the end of the file needs none. */
export function* splitLines(bytes: Uint8Array): Generator<Line> {
  let start = 0
  let number = 1
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== LF && byte !== CR) continue
    yield { number: number++, bytes: bytes.subarray(start, at) }
    if (byte === CR && bytes[at + 1] === LF) at++
    start = at + 1
  }
  if (start < bytes.length) yield { number, bytes: bytes.subarray(start) }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text of UTF-8 bytes, or undefined where they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** The whole file as text with LF for every line end, and the lines that are not UTF-8 (their bad bytes become U+FFFD). */
export function decodeWhole(bytes: Uint8Array): { text: string; badLines: Set<number> } {
  checkWholeSize(bytes)
  const badLines = new Set<number>()
  const text = decodeUtf8(bytes)
  if (text !== undefined) return { text: text.replace(/\r\n?/g, '\n'), badLines }
  for (const line of splitLines(bytes)) if (decodeUtf8(line.bytes) === undefined) badLines.add(line.number)
  return { text: lenient.decode(bytes).replace(/\r\n?/g, '\n'), badLines }
}

function checkWholeSize(bytes: Uint8Array): void {
  if (bytes.length <= MOST_WHOLE_BYTES) return
  throw new HomespunError('file-too-large', `The file has ${Math.round(bytes.length / 2 ** 20)} MB.`, {
    fix: 'Tables and JSON arrays are read whole, up to 256 MB: write one JSON object a line (JSONL), or use a part of it.',
  })
}

/** The first byte that is not white space, as a character. */
export function firstCharacter(bytes: Uint8Array): string {
  const byte = bytes.find((value) => value !== LF && value !== CR && value !== 0x20 && value !== 0x09)
  return byte === undefined ? '' : String.fromCharCode(byte)
}

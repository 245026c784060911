/** How the bytes of a text are to be read: told, shown by a mark or by zero bytes, else UTF-8. */
import { HomespunError } from '../../errors.ts'
import type { EncodingGuess } from '../types.ts'

export interface DetectedEncoding {
  /** Of the Encoding Standard. */
  label: string
  /** Bytes of the byte order mark. */
  mark: number
}

/** Throws 'encoding-unknown' where `told` is no label of the Encoding Standard, 'utf-32'. */
export function detectEncoding(head: Uint8Array, told?: string): DetectedEncoding {
  const marked = byMark(head)
  if (told === undefined) return marked ?? { label: byZeros(head) ?? 'utf-8', mark: 0 }
  const label = decoderFor(told).encoding
  return { label, mark: marked?.label === label ? marked.mark : 0 }
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { ignoreBOM: true })
  } catch (cause) {
    throw new HomespunError('encoding-unknown', `"${label}" is no encoding that is known here.`, { fix: 'Choose one of the list, or save the file as UTF-8.', cause })
  }
}

function byMark(head: Uint8Array): DetectedEncoding | undefined {
  const [first, second, third, fourth] = head
  if (first === 0xff && second === 0xfe && third === 0 && fourth === 0) {
    throw new HomespunError('utf-32', 'The file is UTF-32, which browsers do not read.', { fix: 'Save it as UTF-8.' })
  }
  if (first === 0xef && second === 0xbb && third === 0xbf) return { label: 'utf-8', mark: 3 }
  if (first === 0xff && second === 0xfe) return { label: 'utf-16le', mark: 2 }
  return first === 0xfe && second === 0xff ? { label: 'utf-16be', mark: 2 } : undefined
}

/** UTF-16 without a mark: line ends, spaces and Latin letters have a zero byte, always on the same side. */
function byZeros(head: Uint8Array): string | undefined {
  const zeros = [0, 0]
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at & 1]!++
  const [even = 0, odd = 0] = zeros
  const many = head.length / 20
  if (odd > many && odd > 20 * even) return 'utf-16le'
  return even > many && even > 20 * odd ? 'utf-16be' : undefined
}

/** The same text as UTF-8, without its mark. UTF-8 passes through as it is. */
export async function* asUtf8(chunks: AsyncIterable<Uint8Array>, { label, mark }: DetectedEncoding): AsyncGenerator<Uint8Array> {
  const decoder = label === 'utf-8' ? undefined : decoderFor(label)
  const encoder = new TextEncoder()
  let skip = mark
  for await (const chunk of chunks) {
    const bytes = chunk.subarray(Math.min(skip, chunk.length))
    skip -= chunk.length - bytes.length
    yield decoder ? encoder.encode(mended(decoder.decode(bytes, { stream: true }), label)) : bytes
  }
  const rest = decoder?.decode()
  if (rest) yield encoder.encode(rest)
}

/** What stands at 0x80 to 0x9F; the dots have no character. */
const WINDOWS_1252 = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ'

/** Some versions of Node read windows-1252 as Latin-1, whose controls at 0x80 to 0x9F nobody writes. */
function mended(text: string, label: string): string {
  if (label !== 'windows-1252') return text
  return text.replace(/[\x80-\x9F]/g, (control) => {
    const meant = WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80)
    return meant === '.' ? control : meant
  })
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

/** Bytes that are not UTF-8 become U+FFFD. */
export const decodeLeniently = (bytes: Uint8Array): string => lenient.decode(bytes)

/** What files are written in where they are not UTF-8: by programs of Western, Central European, Cyrillic, … computers. */
const CANDIDATES = [
  'windows-1252', 'windows-1250', 'windows-1251', 'windows-1253', 'windows-1254', 'koi8-r', 'ibm866', 'macintosh',
  'shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr',
]
const SAMPLE_LENGTH = 80
const LEAST_PLAUSIBLE = 0.4
const MOST_KEPT_BYTES = 2 ** 14

/** Keeps the first lines that are not UTF-8, to say what they may be. */
export class EncodingWitness {
  readonly #kept: Uint8Array[] = []
  #bytes = 0

  add(line: Uint8Array): void {
    if (this.#bytes >= MOST_KEPT_BYTES) return
    const first = line.findIndex((byte) => byte >= 0x80)
    const part = line.slice(Math.max(0, first - SAMPLE_LENGTH / 2), first + 1000)
    this.#kept.push(part)
    this.#bytes += part.length
  }

  /**
   * At most four encodings, likeliest first, each with how the first of the lines reads. An encoding that cannot have
   * written the bytes is left out; of the others, the one in which the most letters stand beside letters of their own script
   * and the fewest odd signs occur is the likeliest; a tie goes to the commoner one. None where nothing makes sense.
   */
  guesses(): EncodingGuess[] {
    const read = CANDIDATES.flatMap((encoding) => {
      const texts = this.#kept.map((bytes) => decodeAs(encoding, bytes))
      return texts.length === 0 || texts.includes(undefined) ? [] : [{ encoding, texts: texts as string[] }]
    })
    const scored = read.map(({ encoding, texts }) => ({ encoding, sample: sampleOf(texts[0]!), score: plausibility(texts.join('\n')) }))
    const distinct = scored.filter(({ sample }, at) => scored.findIndex((other) => other.sample === sample) === at)
    return distinct.filter(({ score }) => score > LEAST_PLAUSIBLE).sort((a, b) => b.score - a.score).slice(0, 4).map(({ encoding, sample }) => ({ encoding, sample }))
  }
}

function decodeAs(encoding: string, bytes: Uint8Array): string | undefined {
  const text = mended(decoderFor(encoding).decode(bytes), encoding)
  // A sample may end in the middle of a character.
  return text.slice(0, -1).includes('\uFFFD') ? undefined : text
}

function sampleOf(text: string): string {
  const first = Math.max(0, text.search(/[^\0-\x7F]/))
  return text.slice(Math.max(0, first - SAMPLE_LENGTH / 4), first + SAMPLE_LENGTH).trim()
}

const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u]
/** Signs that prose has in every script. */
const USUAL = /[\u2018-\u201E\u2013\u2014\u2026\u00A0\u00AB\u00BB\u20AC\u00B0\u00A7\u3000-\u303F\uFF00-\uFF5E]/

/** Mean over the characters beyond ASCII: 1 for one that fits, -1 for one that does not. */
function plausibility(text: string): number {
  const characters = [...text]
  const values = characters.flatMap((character, at) =>
    character < '\x80' ? [] : [fit(character, characters[at - 1] ?? '', characters[at + 1] ?? '')],
  )
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

/**
 * A letter fits that stands beside one of its script and none of another; a Latin one with an accent beside a plain one. A
 * capital after a small letter, and many accents in a row, are how a wrong alphabet looks.
 */
function fit(character: string, before: string, after: string): number {
  const script = SCRIPTS.find((pattern) => pattern.test(character))
  if (!script) return !USUAL.test(character) ? -1 : /[\p{L}\s]/u.test(before + after) ? 0.5 : 0
  const beside = [before, after].filter((other) => /\p{L}/u.test(other))
  if (beside.length === 0) return 0
  const isCapital = character !== character.toLowerCase()
  const isMixed = beside.some((other) => !script.test(other))
  const isBare = script === SCRIPTS[0] && !/[A-Za-z]/.test(before + after)
  return isMixed || isBare || (isCapital && /\p{Ll}/u.test(before)) ? -1 : isCapital ? 0.8 : 1
}

/** Bytes to whole lines of text: line ends of every kind, lines of monstrous length, bytes that are no UTF-8. */
import { joined } from '../bytes.ts'
import { decodeLeniently, decodeUtf8 } from './encoding.ts'

/** A line that is longer is no training example, and would have to be held in memory several times over. */
const MOST_LINE_BYTES = 16 * 2 ** 20

const CR = 13
const LF = 10

/** Some whole lines. */
export interface LineBlock {
  /** With LF for every line end; the last line of the file may have none. */
  text: string
  /** Of its first line, counted from 1. */
  firstLine: number
  lines: number
  /** Numbers of the lines that are not UTF-8; their bad bytes are U+FFFD in the text. */
  badLines: ReadonlySet<number>
}

export interface LineReports {
  /** A line over 16 MB: an empty one stands in its place. */
  tooLong(line: number, bytes: number): void
  notUtf8(line: number, bytes: Uint8Array): void
}

/** Lines between LF, CRLF or lone CR, as many at a time as came in a chunk. */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, reports: LineReports): AsyncGenerator<LineBlock> {
  const splitter = new LineSplitter(reports)
  for await (const chunk of chunks) yield* splitter.push(chunk)
  yield* splitter.end()
}

class LineSplitter {
  readonly #reports: LineReports
  #held: Uint8Array[] = []
  #heldBytes = 0
  #line = 1
  /** Bytes of the line that is being left out. */
  #dropped = 0

  constructor(reports: LineReports) {
    this.#reports = reports
  }

  *push(chunk: Uint8Array): Generator<LineBlock> {
    const rest = this.#dropped > 0 ? this.#drop(chunk) : chunk
    if (!rest) return
    if (rest !== chunk) yield this.#block('\n', new Set())
    const cut = lastLineEnd(rest)
    if (cut > 0) {
      yield this.#decode(joined([...this.#held, rest.subarray(0, cut)]))
      this.#held = []
      this.#heldBytes = 0
    }
    this.#held.push(rest.subarray(cut))
    this.#heldBytes += rest.length - cut
    if (this.#heldBytes <= MOST_LINE_BYTES) return
    this.#dropped = this.#heldBytes
    this.#held = []
    this.#heldBytes = 0
  }

  *end(): Generator<LineBlock> {
    if (this.#dropped > 0) this.#reports.tooLong(this.#line, this.#dropped)
    if (this.#heldBytes > 0) yield this.#decode(joined(this.#held))
  }

  /** What follows the end of the line that is left out, or undefined where that is not in the chunk. */
  #drop(chunk: Uint8Array): Uint8Array | undefined {
    const end = chunk.findIndex((byte, at) => byte === LF || (byte === CR && at < chunk.length - 1))
    this.#dropped += end < 0 ? chunk.length : end
    if (end < 0) return undefined
    this.#reports.tooLong(this.#line, this.#dropped)
    this.#dropped = 0
    return chunk.subarray(end + (chunk[end] === CR && chunk[end + 1] === LF ? 2 : 1))
  }

  #decode(bytes: Uint8Array): LineBlock {
    const text = decodeUtf8(bytes)
    if (text !== undefined) return this.#block(text, new Set())
    const badLines = new Set<number>()
    let at = 0
    for (const [index, line] of linesOf(bytes).entries()) {
      const part = bytes.subarray(at, at + line)
      at += line
      if (decodeUtf8(part) !== undefined) continue
      badLines.add(this.#line + index)
      this.#reports.notUtf8(this.#line + index, part)
    }
    return this.#block(decodeLeniently(bytes), badLines)
  }

  #block(decoded: string, badLines: ReadonlySet<number>): LineBlock {
    const text = decoded.includes('\r') ? decoded.replace(/\r\n?/g, '\n') : decoded
    const firstLine = this.#line
    const lines = countLines(text)
    this.#line += lines
    return { text, firstLine, lines, badLines }
  }
}

/** The place after the last line end; a CR at the very end may be half of one. */
function lastLineEnd(bytes: Uint8Array): number {
  const lf = bytes.lastIndexOf(LF) + 1
  return lf > 0 || bytes.length < 2 ? lf : bytes.lastIndexOf(CR, bytes.length - 2) + 1
}

/** The length of each line, its end included. */
function linesOf(bytes: Uint8Array): number[] {
  const lengths: number[] = []
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    const isEnd = bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)
    if (!isEnd) continue
    lengths.push(at + 1 - start)
    start = at + 1
  }
  if (start < bytes.length) lengths.push(bytes.length - start)
  return lengths
}

/** Lines of a text with LF ends; one without an end counts too. */
function countLines(text: string): number {
  return countNewlines(text) + (text.endsWith('\n') || text === '' ? 0 : 1)
}

export function countNewlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

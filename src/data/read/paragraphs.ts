/** Plain text and Markdown: examples that are text alone. */
import type { LineBlock } from './lines.ts'
import { checked } from './layouts.ts'
import type { Rows } from './rows.ts'

const MOST_CHARACTERS = 2000
const HEADING = /^#{1,6}\s/

/**
 * Paragraphs, parted by blank lines, are gathered in their order into texts of at most 2,000 characters; a heading of Markdown
 * begins a new one. A paragraph that is longer is parted after its last sentence that fits, else after its last word. An
 * example's row is the line it begins on. Lines that are not UTF-8 are reported and left out.
 */
export async function readParagraphs(blocks: AsyncIterable<LineBlock>, rows: Rows): Promise<void> {
  const gatherer = new Gatherer(rows)
  for await (const { text, firstLine, lines, badLines } of blocks) {
    for (const [index, line] of text.split('\n').slice(0, lines).entries()) {
      const row = firstLine + index
      if (!badLines.has(row)) gatherer.line(line.trimEnd(), row)
      else rows.log.skip(row, { code: 'not-utf8', message: 'The line holds bytes that are not UTF-8.', fix: 'Save the file as UTF-8, or say what it is.' })
    }
  }
  gatherer.end()
}

interface Passage {
  text: string
  row: number
}

class Gatherer {
  readonly #rows: Rows
  /** Lines of the paragraph that is being read. */
  #lines: string[] = []
  #length = 0
  #row = 0
  /** Whole paragraphs of the text that is being filled. */
  #passage: Passage | undefined

  constructor(rows: Rows) {
    this.#rows = rows
  }

  line(line: string, row: number): void {
    if (line.trim() === '') return this.#endParagraph()
    if (HEADING.test(line)) {
      this.#endParagraph()
      this.#endPassage()
    }
    if (this.#lines.length === 0) this.#row = row
    this.#lines.push(line)
    this.#length += line.length + 1
    if (this.#length > 4 * MOST_CHARACTERS) this.#endParagraph()
  }

  end(): void {
    this.#endParagraph()
    this.#endPassage()
  }

  #endParagraph(): void {
    if (this.#lines.length === 0) return
    let rest = this.#lines.join('\n')
    let row = this.#row
    this.#lines = []
    this.#length = 0
    while (rest.length > MOST_CHARACTERS) {
      const cut = placeToPart(rest)
      this.#add(rest.slice(0, cut).trim(), row)
      row += rest.slice(0, cut).split('\n').length - 1
      rest = rest.slice(cut)
    }
    if (rest.trim() !== '') this.#add(rest.trim(), row)
  }

  #add(text: string, row: number): void {
    const passage = this.#passage
    if (passage && passage.text.length + 2 + text.length <= MOST_CHARACTERS) {
      passage.text += `\n\n${text}`
      return
    }
    this.#endPassage()
    this.#passage = { text, row }
  }

  #endPassage(): void {
    if (this.#passage) this.#rows.keep(checked({ example: { kind: 'text', ...this.#passage } }), this.#passage.row)
    this.#passage = undefined
  }
}

/** After the last sentence that fits, else the last white space; never within a character. */
function placeToPart(text: string): number {
  const start = text.slice(0, MOST_CHARACTERS)
  const sentence = Math.max(...[...start.matchAll(/[.!?。！？]["'”’)]*\s/g)].map((match) => match.index + match[0].length), 0)
  if (sentence > MOST_CHARACTERS / 4) return sentence
  const space = start.search(/\s\S*$/)
  if (space > MOST_CHARACTERS / 4) return space + 1
  return /[\uD800-\uDBFF]$/.test(start) ? MOST_CHARACTERS - 1 : MOST_CHARACTERS
}

/** Rows made of a document: cut at its headings and paragraphs, for a person to go over. */

/**
 * 'continue': pieces of text to go on writing; 'headings': a heading and what stands under it; 'questions': pieces of text
 * as answers, whose questions are still to be written.
 */
export type DocumentWay = 'continue' | 'headings' | 'questions'

export type DocumentRow = { text: string } | { input: string; output: string }

/** Paragraphs are joined up to about so many characters, some 200 tokens of English. */
const PIECE = 800
/** A Markdown heading (ATX), or a line underlined with = or - (setext). */
const HEADING = /^(?:#{1,6}[ \t]+(.+?)[ \t]*#*|([^\n]+)\n(?:=+|-+)[ \t]*)$/gm

/** No row where the document has nothing of the kind, such as headings. */
export function documentRows(document: string, way: DocumentWay): DocumentRow[] {
  const text = document.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  if (way === 'headings') return sections(text).map(({ heading, body }) => ({ input: heading, output: body }))
  const pieces = sections(text, true).flatMap(({ body }) => joined(paragraphs(body)))
  return way === 'continue' ? pieces.map((piece) => ({ text: piece })) : pieces.map((output) => ({ input: '', output }))
}

/** What stands under each heading; `whole` adds what stands before the first. Sections without text are passed over. */
function sections(text: string, whole = false): { heading: string; body: string }[] {
  const code = fences(text)
  const heads = [...text.matchAll(HEADING)].filter(({ index }) => !code.some(([from, to]) => index >= from && index < to))
  const found = heads.map((head, index) => ({
    heading: (head[1] ?? head[2] ?? '').trim(), body: text.slice(head.index + head[0].length, heads[index + 1]?.index).trim(),
  }))
  const before = { heading: '', body: text.slice(0, heads[0]?.index).trim() }
  return [...(whole ? [before] : []), ...found].filter(({ body }) => body !== '')
}

/** Where code stands between fences (``` or ~~~), whose comments are no headings. One that is not closed goes on to the end. */
function fences(text: string): [from: number, to: number][] {
  const found: [number, number][] = []
  let open: { fence: string; from: number } | undefined
  for (const { index, 0: line, 1: fence = '', 2: rest = '' } of text.matchAll(/^ {0,3}(`{3,}|~{3,})([^\n]*)$/gm)) {
    if (!open) open = { fence, from: index }
    else if (fence.startsWith(open.fence) && rest.trim() === '') {
      found.push([open.from, index + line.length])
      open = undefined
    }
  }
  return open ? [...found, [open.from, text.length]] : found
}

function paragraphs(text: string): string[] {
  return text.split(/\n[ \t]*\n+/).map((paragraph) => paragraph.trim()).filter((paragraph) => paragraph !== '')
}

/** Short paragraphs together, long ones at the ends of their sentences. */
function joined(texts: readonly string[]): string[] {
  const pieces: string[] = []
  for (const text of texts.flatMap(cut)) {
    const last = pieces.at(-1)
    if (last !== undefined && last.length + text.length + 2 <= PIECE) pieces[pieces.length - 1] = `${last}\n\n${text}`
    else pieces.push(text)
  }
  return pieces
}

function cut(paragraph: string): string[] {
  if (paragraph.length <= PIECE) return [paragraph]
  const pieces: string[] = []
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'sentence' }).segment(paragraph)) {
    const last = pieces.at(-1)
    if (last !== undefined && last.length + segment.length <= PIECE) pieces[pieces.length - 1] = last + segment
    else pieces.push(segment)
  }
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '')
}

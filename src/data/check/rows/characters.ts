/** Characters that no one sees, that turn the order of others around, or that stand for what was lost. */
import { eachExample, exampleTexts, type CheckData, type Report } from '../data.ts'

/** Everything the patterns below look for lies outside of this: most texts are done with after one look. */
const PLAIN = /^[\t\n\r\x20-\x7e\u00a1-\u00ac\u00ae-\u00c1\u00c4-\u00e1\u00e3-\u02ff\u0370-\u05ff\u3041-\u9fff\uac00-\ud7a3\u2013-\u2026]*$/

/** Embeddings, overrides and isolates. The plain marks U+200E and U+200F belong to texts written from right to left. */
const BIDIRECTIONAL = /[\u202a-\u202e\u2066-\u2069]/g
const DIRECTION_MARKS = /[\u200e\u200f\u061c]/g
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
/** Joiners (U+200C, U+200D) and variation selectors count only between Latin letters, where they do nothing. */
const INVISIBLE =
  /[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\ufeff\u3164\uffa0]|\u034f|\udb40[\udc00-\udc7f]|(?<=[A-Za-z])(?:\u200c|\u200d|[\ufe00-\ufe0f])(?=[A-Za-z])/g
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g
/** The replacement character, private use, and what is no character. */
const LOST = /[\ufffd\ue000-\uf8ff\ufff0-\ufff8\ufffe\uffff]/g
/** UTF-8 that was read as Windows-1252. */
const MOJIBAKE = /\u00c3[\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|\u00e2\u20ac[\u0090-\u00bf\u0152-\u0178\u02dc\u2013-\u2122]|\u00c2[\u00a0-\u00bf]/g

const REMOVE = { fix: 'Take them out.', mend: 'remove-invisible' }

/** "bidirectional", "invisible" and "control" characters, which a mend takes out; "lost-characters" need the person. */
export function* checkCharacters(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const [, example, done] of eachExample(data)) {
    const odd = exampleTexts(example).filter((text) => !PLAIN.test(text)).join('\n')
    if (odd !== '') {
      const tell = (code: string, found: readonly string[], what: string, then: { fix: string; mend?: string }) => {
        if (found.length > 0) report({ row: example.row, code, severity: 'note', message: `${what}: ${names(found)}.`, ...then })
      }
      tell('bidirectional', bidirectionalIn(odd), 'Marks that turn the order of letters around', REMOVE)
      tell('invisible', odd.match(INVISIBLE) ?? [], 'Invisible characters', REMOVE)
      tell('control', odd.match(CONTROL) ?? [], 'Control characters', REMOVE)
      tell('lost-characters', odd.match(LOST) ?? [], 'Characters that stand for something lost', { fix: 'Write what was there.' })
      tell('mojibake', odd.match(MOJIBAKE) ?? [], 'Letters that were read in the wrong encoding', { fix: 'Save the file as UTF-8 where it comes from, and open it again.' })
    }
    yield done
  }
}

/** A text without what the mend takes out for a finding of this code. */
export function without(code: string, text: string): string {
  if (PLAIN.test(text)) return text
  if (code === 'invisible') return text.replace(INVISIBLE, '')
  if (code === 'control') return text.replace(CONTROL, '')
  if (code !== 'bidirectional') return text
  return (RIGHT_TO_LEFT.test(text) ? text : text.replace(DIRECTION_MARKS, '')).replace(BIDIRECTIONAL, '')
}

function bidirectionalIn(text: string): string[] {
  const marks = RIGHT_TO_LEFT.test(text) ? [] : (text.match(DIRECTION_MARKS) ?? [])
  return [...(text.match(BIDIRECTIONAL) ?? []), ...marks]
}

/** "U+200B (3 times), U+FEFF". */
function names(found: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const character of found) counts.set(character, (counts.get(character) ?? 0) + 1)
  const shown = [...counts].slice(0, 4).map(([character, times]) => {
    const point = character.length > 1 && /^[\u00c2-\u00e2]/.test(character) ? `"${character}"` : codePoint(character)
    return times === 1 ? point : `${point} (${times} times)`
  })
  return shown.join(', ') + (counts.size > 4 ? ' and others' : '')
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

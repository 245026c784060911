/** Puts marks in the place of personal data or secrets: within the file the same person or number has the same mark. */
import type { Example, RowChange } from '../../types.ts'
import { exampleTexts } from '../data.ts'
import { findPrivate } from '../private/finders.ts'
import type { PrivateMatch } from '../private/match.ts'
import { Marks } from './marks.ts'
import { NameIndex } from './name-index.ts'
import { rowChange, withAllTexts } from './texts.ts'

type Wanted = (match: PrivateMatch) => boolean

/**
 * "[EMAIL_1]" or "[NAME_2]" … for one kind of personal data, or "[SECRET_1]", in the rows of the findings, and for nothing else
 * there. A full name that one of them gives away is replaced in every row.
 */
export function replacePrivate(examples: readonly Example[], rows: ReadonlySet<number>, replaced: string | undefined): RowChange[] {
  const wanted: Wanted = ({ kind }) => kind === replaced
  const marks = new Marks(examples)
  /** By row, the names that it gives away. */
  const names = new Map<number, string[]>()
  for (const example of examples.filter(({ row }) => rows.has(row))) {
    const matches = exampleTexts(example).flatMap((text) => findPrivate(text).filter(wanted).map((match) => ({ match, written: text.slice(match.start, match.end) })))
    for (const { match } of matches) marks.of(match)
    names.set(example.row, matches.filter(({ match }) => match.kind === 'name').map(({ written }) => written))
  }
  const fullNames = [...names.values()].flat().filter((name) => name.includes(' '))
  const everywhere = new NameIndex(fullNames)
  const markOf = (name: string) => marks.of({ kind: 'name', value: name.toLowerCase() })
  return examples.flatMap((example) => {
    const own = names.get(example.row)
    const index = own && own.length > 0 ? new NameIndex([...fullNames, ...own]) : everywhere
    const replace = (text: string) => index.replace(own ? replaceMatches(text, wanted, marks) : text, markOf)
    return rowChange(example, withAllTexts(example, replace))
  })
}

function replaceMatches(text: string, wanted: Wanted, marks: Marks): string {
  let done = 0
  let out = ''
  for (const match of findPrivate(text).filter(wanted)) {
    out += text.slice(done, match.start) + marks.of(match)
    done = match.end
  }
  return out + text.slice(done)
}

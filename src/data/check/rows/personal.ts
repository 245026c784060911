/** Likely personal data: a model may later say it to anybody. */
import { count, eachExample, exampleTexts, type CheckData, type Report } from '../data.ts'
import { findPersonal, pieces } from '../private/finders.ts'
import type { PrivateKind, PrivateMatch } from '../private/match.ts'

/** "personal-email", "-phone", "-card", "-iban", "-ip" and "-name": one finding a kind and row. */
export function* checkPersonal(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const [, example, done] of eachExample(data)) {
    const found = new Map<PrivateKind, PrivateMatch[]>()
    for (const text of exampleTexts(example)) {
      for (const piece of pieces(text)) {
        for (const match of findPersonal(piece)) found.set(match.kind, [...(found.get(match.kind) ?? []), match])
        yield done
      }
    }
    for (const [kind, matches] of found) {
      const what = matches[0]?.what ?? ''
      const message = `Likely ${what}${matches.length > 1 ? `, and ${count(matches.length - 1)} more of the kind` : ''}: a model can learn it by heart and say it to others.`
      report({ row: example.row, code: `personal-${kind}`, severity: 'note', message, fix: 'Take it out, or put a mark in its place.', mend: 'anonymise' })
    }
  }
}

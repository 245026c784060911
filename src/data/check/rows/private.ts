/** Likely personal data, keys and passwords: a model may later say them to anybody. */
import { count, eachExample, exampleTexts, type CheckData, type Report } from '../data.ts'
import { findPrivate, pieces } from '../private/finders.ts'
import type { PrivateKind, PrivateMatch } from '../private/match.ts'

/** "personal-email", "-phone", "-card", "-iban", "-ip", "-name" and "secret": one finding a kind and row, never what was found. */
export function* checkPrivate(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const [, example, done] of eachExample(data)) {
    const found = new Map<PrivateKind, PrivateMatch[]>()
    for (const text of exampleTexts(example)) {
      for (const piece of pieces(text)) {
        for (const match of findPrivate(piece)) found.set(match.kind, [...(found.get(match.kind) ?? []), match])
        yield done
      }
    }
    for (const [kind, matches] of found) tell(example.row, kind, matches, report)
  }
}

function tell(row: number, kind: PrivateKind, matches: readonly PrivateMatch[], report: Report): void {
  const whats = [...new Set(matches.map(({ what }) => what))].join(', ')
  const more = matches.length > 1 ? ` (${count(matches.length)} places)` : ''
  const message = `Likely ${whats}${more}: a model can learn it by heart and say it to others.`
  if (kind === 'secret') {
    report({ row, code: 'secret', severity: 'note', message, fix: 'Take it out, and have a new one made where it came from.', mend: 'mask-secrets' })
  } else {
    report({ row, code: `personal-${kind}`, severity: 'note', message, fix: 'Take it out, or put a mark in its place.', mend: 'anonymise' })
  }
}

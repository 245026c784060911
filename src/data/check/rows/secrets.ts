/** Likely keys and passwords. */
import { eachExample, exampleTexts, type CheckData, type Report } from '../data.ts'
import { pieces } from '../private/finders.ts'
import { findSecrets } from '../private/secret.ts'

/** "secret": what it is, never the secret itself. */
export function* checkSecrets(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const [, example, done] of eachExample(data)) {
    const whats = new Set<string>()
    for (const text of exampleTexts(example)) {
      for (const piece of pieces(text)) {
        for (const { what } of findSecrets(piece)) whats.add(what)
        yield done
      }
    }
    if (whats.size > 0) {
      const message = `Likely ${[...whats].join(', ')}: a model can learn it by heart and say it to others.`
      report({ row: example.row, code: 'secret', severity: 'note', message, fix: 'Take it out, and have a new one made where it came from.', mend: 'mask-secrets' })
    }
  }
}

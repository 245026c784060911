/** Space at the beginning or end of a text. */
import { eachExample, exampleTexts, type CheckData, type Report } from '../data.ts'

/** "surrounding-space": a token of its own that is learnt, and that a person who asks does not write. */
export function* checkSpaces(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const [, example, done] of eachExample(data)) {
    const texts = exampleTexts(example).filter((text) => text.trim() !== '')
    const leads = texts.some((text) => isSpace(text.charCodeAt(0)))
    const trails = texts.some((text) => isSpace(text.charCodeAt(text.length - 1)))
    if (leads || trails) {
      const where = leads && trails ? 'at the beginning and at the end' : leads ? 'at the beginning' : 'at the end'
      report({ row: example.row, code: 'surrounding-space', severity: 'note', message: `There is space ${where} of a text.`, fix: 'Take it out.', mend: 'trim-spaces' })
    }
    yield done
  }
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0 || unit === 0x3000
}

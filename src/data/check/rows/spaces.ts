/** Space at the beginning or end of a text. */
import { eachExample, saidTexts, type CheckData, type Report } from '../data.ts'

/** Fewer outputs begin with a space by mistake. */
const FEWEST_ROWS = 5

/**
 * "surrounding-space": a token of its own that is learnt, and that a person who asks does not write. Where every output begins with
 * a space, as OpenAI's older CLI wanted it, that is told once, by its name for it: "completion_space_start".
 */
export function* checkSpaces(data: CheckData, report: Report): Generator<number, void, undefined> {
  const isOldForm = data.examples.length >= FEWEST_ROWS && data.examples.every((example) => example.kind === 'pair' && /^ \S/.test(example.output))
  if (isOldForm) {
    const message = "Every output begins with a space, as OpenAI's older models wanted it. The template writes what stands before an output."
    report({ row: 0, code: 'completion_space_start', severity: 'note', message, fix: 'Take the spaces out.', others: data.examples.map(({ row }) => row), mend: 'trim-spaces' })
  }
  for (const [, example, done] of eachExample(data)) {
    const said = isOldForm && example.kind === 'pair' ? [example.input, example.output.slice(1)] : saidTexts(example)
    const texts = said.filter((text) => text.trim() !== '')
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

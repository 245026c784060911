/** Examples that the model cannot read whole. */
import { count, eachExample, type CheckData, type Report } from '../data.ts'
import { exampleTexts } from '../data.ts'

/** OpenAI's older CLI, which counts characters, calls more than these very long. */
const MOST_CHARACTERS = 10_000

/** "long_examples": over the context where tokens are known, else by characters. */
export function* checkLength(data: CheckData, report: Report): Generator<number, void, undefined> {
  const { lengths, contextLength = Infinity } = data
  const fix = 'Shorten it, or divide it into several examples.'
  for (const [index, example, done] of eachExample(data)) {
    const tokens = lengths?.[index]
    if (tokens !== undefined && tokens > contextLength) {
      const message = `${count(tokens, 'token')}, and the model reads ${count(contextLength)}: the last ${count(tokens - contextLength)} are cut off.`
      report({ row: example.row, code: 'long_examples', severity: 'note', message, fix })
    } else if (tokens === undefined) {
      const characters = exampleTexts(example).reduce((sum, text) => sum + text.length, 0)
      if (characters > MOST_CHARACTERS) report({ row: example.row, code: 'long_examples', severity: 'info', message: `${count(characters, 'character')} are a lot for one example.`, fix })
    }
    yield done
  }
}

/** The model's special tokens written out in the data. */
import { eachExample, exampleTexts, type CheckData, type Report } from '../data.ts'

/** "special-token": it is read as text, letter by letter, and never as the token. F49 */
export function* checkSpecialTokens(data: CheckData, report: Report): Generator<number, void, undefined> {
  const tokens = data.tokenizer?.specialTokens.filter((token) => token.length > 1) ?? []
  if (tokens.length === 0) return
  const pattern = new RegExp(tokens.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'))
  for (const [, example, done] of eachExample(data)) {
    const found = exampleTexts(example).map((text) => pattern.exec(text)?.[0]).find((token) => token !== undefined)
    if (found !== undefined) {
      const message = `"${found}" is one of the model's special tokens. It is read as plain text here.`
      report({ row: example.row, code: 'special-token', severity: 'info', message, fix: 'Leave it out if it was meant as the token: the template writes it.' })
    }
    yield done
  }
}

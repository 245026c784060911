/** Rows that are there twice, and rows to learn from that are kept aside as well. */
import { eachExample, type CheckData, type Report } from '../data.ts'
import { hashExample, sayTheSame } from '../same-words.ts'
import { TextIndex } from '../text-index.ts'

/** "duplicated_rows" of OpenAI's older CLI; "leak" where the twin is on the other side. */
export function* checkDuplicates(data: CheckData, report: Report): Generator<number, void, undefined> {
  const { examples, validation = new Set<number>() } = data
  const same = (one: number, other: number) => sayTheSame(examples[one]!, examples[other]!)
  const [training, aside] = [new TextIndex(examples.length, same), new TextIndex(examples.length, same)]
  for (const [index, example, done] of eachExample(data)) {
    const first = (validation.has(index) ? aside : training).first(index, hashExample(example))
    if (first !== index) {
      const twin = examples[first]!.row
      const message = `The same as row ${twin}, word for word: it would count twice.`
      report({ row: example.row, code: 'duplicated_rows', severity: 'note', message, fix: 'Delete it.', others: [twin], mend: 'delete-duplicates' })
    }
    yield done / 2
  }
  if (validation.size === 0) return
  for (const [index, example, done] of eachExample(data)) {
    const twin = validation.has(index) ? undefined : aside.find(index, hashExample(example))
    if (twin !== undefined) {
      const message = `Row ${examples[twin]!.row}, which is kept aside for validation, says the same: the measured loss would be too good.`
      report({ row: example.row, code: 'leak', severity: 'note', message, fix: 'Delete it here.', others: [examples[twin]!.row], mend: 'delete-leaks' })
    }
    yield 0.5 + done / 2
  }
}

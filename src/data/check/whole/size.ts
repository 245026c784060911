/** Whether there is enough to learn from. */
import { count, exampleTexts, type CheckData, type Report } from '../data.ts'
import { answersOf } from '../columns.ts'

/** OpenAI takes no fewer; it saw gains from 50 to 100 on. */
const FEWEST = 10
const BETTER = 50

/** "num_examples" of OpenAI's older CLI; what leaves nothing at all to learn from stops training. */
export function* checkSize(data: CheckData, report: Report): Generator<number, void, undefined> {
  const { examples, validation } = data
  yield 0
  let usable = 0
  let training = 0
  for (let index = 0; index < examples.length; index++) {
    const example = examples[index]!
    const learnt = answersOf(example).some((answer) => answer.trim() !== '')
    if (learnt) usable++
    if (learnt && !validation?.has(index)) training++
    yield index / examples.length
  }
  if (usable === 0) {
    const written = examples.some((example) => exampleTexts(example).some((text) => text.trim() !== ''))
    const message = examples.length === 0 ? 'There is no example.' : written ? 'No example has an answer to learn.' : 'Every example is empty.'
    report({ row: 0, code: 'nothing-to-learn', severity: 'stops', message, fix: 'Write at least one example with an answer.' })
  } else if (training === 0) {
    const message = 'Every example with an answer is kept aside for validation.'
    report({ row: 0, code: 'nothing-to-learn', severity: 'stops', message, fix: 'Keep fewer aside.' })
  } else if (training < BETTER) {
    const few = training < FEWEST
    const message = `There ${training === 1 ? 'is' : 'are'} ${count(training, 'example')} to learn from. ${few ? 'Ten is the least that usually shows an effect; g' : 'G'}ains are usually seen from 50 to 100 on.`
    report({ row: 0, code: 'num_examples', severity: few ? 'note' : 'info', message, fix: 'Add more examples of the same kind.' })
  }
}

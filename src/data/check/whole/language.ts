/** Rows in another language than the rest of their column. */
import { exampleColumns } from '../../example.ts'
import { columnNoun, type ColumnName } from '../columns.ts'
import { count, eachExample, type CheckData, type Report } from '../data.ts'
import { eachWord } from '../words.ts'

/** How much of a text is looked at; one with fewer letters is never judged. */
const MOST_CHARACTERS = 300
const FEWEST_LETTERS = 40
/** Rows, spread evenly, from which the usual language and its words are taken. */
const SAMPLE = 400
/** Share of the sample that must be in one language for it to be the usual one. */
const USUAL = 0.7
/** From this share on others are no slips but a mix. */
const MIX = 0.15
/** Share of the long texts of the sample whose language must be sure at all: code and lists of names have none. */
const SURE = 0.5
/** A text with as many of the usual language's frequent words as nearly all of the sample have is in it; the detector looks at the rest. */
const FREQUENT_WORDS = 300
const NEARLY_ALL = 0.95
const LEAST_SHARE = 0.08
const MOST_SHARE = 0.3

/** Languages that a short text may well be mistaken between. */
const KIN = [['da', 'no', 'sv'], ['cs', 'sk'], ['hr', 'sl', 'sr'], ['ca', 'es', 'pt'], ['ms', 'tl'], ['be', 'bg', 'ru', 'sr', 'uk'], ['az', 'tr'], ['fa', 'ku', 'ur', 'ar'], ['hi', 'mr']]

/** "language" by row, or "language-mix" where there are many. */
export function* checkLanguage(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const part of checkColumn(data, 'input', report)) yield part / 2
  for (const part of checkColumn(data, 'output', report)) yield 0.5 + part / 2
}

function* checkColumn(data: CheckData, column: ColumnName, report: Report): Generator<number, void, undefined> {
  const usual = yield* usualLanguage(data, column)
  if (!usual) return
  const others: { row: number; language: string }[] = []
  for (const [, example, done] of eachExample(data)) {
    const text = exampleColumns(example)[column].slice(0, MOST_CHARACTERS)
    if (!usual.knows(text)) {
      const language = judged(text, data)
      if (language !== undefined && language !== usual.language && !areKin(language, usual.language)) others.push({ row: example.row, language })
    }
    yield 0.1 + 0.9 * done
  }
  tell(data, column, usual.language, others, report)
}

interface Usual {
  language: string
  /** Whether a text is full of its frequent words. */
  knows: (text: string) => boolean
}

function* usualLanguage(data: CheckData, column: ColumnName): Generator<number, Usual | undefined, undefined> {
  const { examples } = data
  const texts = new Map<string, string[]>()
  let known = 0
  let long = 0
  for (let at = 0; at < Math.min(SAMPLE, examples.length); at++) {
    const index = Math.floor((at * examples.length) / Math.min(SAMPLE, examples.length))
    const text = exampleColumns(examples[index]!)[column].slice(0, MOST_CHARACTERS)
    const language = judged(text, data)
    if (isLong(text)) long++
    if (language !== undefined) {
      texts.set(language, [...(texts.get(language) ?? []), text])
      known++
    }
    yield (0.1 * at) / SAMPLE
  }
  const [most] = [...texts].sort((one, two) => two[1].length - one[1].length)
  if (!most || most[1].length < USUAL * known || known < SURE * long) return undefined
  const frequent = frequentWords(most[1])
  const shares = most[1].map((text) => shareOf(text, frequent)).sort((one, two) => two - one)
  const usual = shares[Math.floor(NEARLY_ALL * (shares.length - 1))] ?? MOST_SHARE
  const least = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, usual))
  return { language: most[0], knows: (text) => shareOf(text, frequent) >= least }
}

/** The language of a text that is long enough to be judged. */
function judged(text: string, { languageOf }: CheckData): string | undefined {
  return isLong(text) ? languageOf(text) : undefined
}

function isLong(text: string): boolean {
  return (text.match(/\p{L}/gu)?.length ?? 0) >= FEWEST_LETTERS
}

function frequentWords(texts: readonly string[]): ReadonlySet<number> {
  const counts = new Map<number, number>()
  for (const text of texts) eachWord(text, Infinity, (word) => counts.set(word, (counts.get(word) ?? 0) + 1))
  return new Set([...counts].sort((one, two) => two[1] - one[1]).slice(0, FREQUENT_WORDS).map(([word]) => word))
}

function shareOf(text: string, frequent: ReadonlySet<number>): number {
  let words = 0
  let known = 0
  eachWord(text, Infinity, (word) => {
    words++
    if (frequent.has(word)) known++
  })
  return words === 0 ? 1 : known / words
}

function areKin(one: string, other: string): boolean {
  return KIN.some((family) => family.includes(one) && family.includes(other))
}

function tell(data: CheckData, column: ColumnName, usual: string, others: readonly { row: number; language: string }[], report: Report): void {
  const names = new Intl.DisplayNames('en', { type: 'language' })
  const nouns = columnNoun(column, data)
  if (others.length > MIX * data.examples.length) {
    const languages = [...new Set(others.map(({ language }) => names.of(language)))].slice(0, 4).join(', ')
    const message = `The ${nouns} mix languages: mostly ${names.of(usual)}, and ${count(others.length)} of ${count(data.examples.length)} in others (${languages}).`
    report({ row: 0, code: 'language-mix', severity: 'info', message, others: others.map(({ row }) => row) })
    return
  }
  for (const { row, language } of others) {
    const message = `This seems to be ${names.of(language)}, while the other ${nouns} are ${names.of(usual)}.`
    report({ row, code: 'language', severity: 'note', message, fix: 'Translate it or leave it out, if that was not meant.' })
  }
}

/** Beginnings and endings that all share, under the names of OpenAI's older CLI. */
import { commonPrefix, commonSuffix, wholeBeginning, wholeEnding } from '../affixes.ts'
import { columnNoun, type ColumnName } from '../columns.ts'
import { quoted, type CheckData, type Report } from '../data.ts'

/** Fewer rows share a beginning by chance. */
const FEWEST_ROWS = 5
/** OpenAI's older CLI advises to take out longer beginnings of prompts, and of completions from the second length on. */
const LONG_PROMPT_PREFIX = 12
const COMPLETION_PREFIX = 5

const NEEDLESS: Record<ColumnName, string> = {
  input: 'it tells them apart in nothing, and costs tokens in every example',
  output: 'the model will begin so whatever it is asked',
}

/** As sentences end. */
const USUAL_ENDING = /^[\s.!?…。！？]*$/

/**
 * "common_prompt_prefix", "common_completion_prefix", "common_prompt_suffix", "common_completion_suffix". A separator or ending,
 * which that CLI wants, is told as information: the template and the model's own end token are there for that.
 */
export function* checkAffixes(data: CheckData, report: Report): Generator<number, void, undefined> {
  const { examples } = data
  yield 0
  if (examples.length < FEWEST_ROWS) return
  const isText = examples.every(({ kind }) => kind === 'text')
  for (const column of isText ? (['output'] as const) : (['input', 'output'] as const)) {
    for (const tell of [tellPrefix, tellSuffix]) for (const _ of tell(data, column, report)) yield 0
  }
}

function* tellPrefix(data: CheckData, column: ColumnName, report: Report): Generator<void, void, undefined> {
  const prefix = wholeBeginning(yield* commonPrefix(data.examples, column))
  const isLong = column === 'input' ? prefix.length > LONG_PROMPT_PREFIX : prefix.length >= COMPLETION_PREFIX
  if (prefix.trim() === '' || (column === 'output' && !isLong)) return
  const message = `All ${columnNoun(column, data)} begin with ${quoted(prefix)}${isLong ? `: ${NEEDLESS[column]}.` : '.'}`
  const code = column === 'input' ? 'common_prompt_prefix' : 'common_completion_prefix'
  if (!isLong) report({ row: 0, code, severity: 'info', message })
  else report({ row: 0, code, severity: 'note', message, fix: column === 'input' ? 'Leave it out, unless it is also written when the model is asked.' : 'Leave it out, unless that is what it should do.', mend: column === 'input' ? 'drop-input-prefix' : 'drop-output-prefix' })
}

function* tellSuffix(data: CheckData, column: ColumnName, report: Report): Generator<void, void, undefined> {
  const suffix = wholeEnding(yield* commonSuffix(data.examples, column))
  if (USUAL_ENDING.test(suffix)) return
  const nouns = columnNoun(column, data)
  const code = column === 'input' ? 'common_prompt_suffix' : 'common_completion_suffix'
  const needless = column === 'input' ? 'the template writes what parts input from output' : "the model's own end token is learnt after each"
  report({ row: 0, code, severity: 'info', message: `All ${nouns} end with ${quoted(suffix)}. It is not needed: ${needless}.` })
}

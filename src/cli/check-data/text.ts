/** What check-data found, as text: the gravest first, a few rows of each kind, then how long the examples are. */
import type { Distribution, OpenAiCounts } from '../../data/check/openai/counts.ts'
import type { FindingSummary } from '../../data/check/summarise.ts'
import type { Finding, Severity } from '../../data/types.ts'

export interface CheckedData {
  file: string
  hash: string
  model: string
  contextLength: number
  examples: number
  /** Examples that the file itself keeps aside. */
  validation: number
  layout: string
  findings: Finding[]
  counts: FindingSummary
  /** Tokens of each example as the model is trained on it. */
  tokens: Distribution | undefined
  openAi: OpenAiCounts
}

/** Findings of one kind that are told. */
const MOST_TOLD = 5

const HEADINGS: Record<Severity, string> = {
  stops: 'Stops training',
  skipped: 'Left out',
  note: 'Worth a look',
  info: 'For information',
}

export function checkText(checked: CheckedData): string {
  const { file, examples, layout, validation, counts, findings } = checked
  const aside = validation > 0 ? `, ${figure(validation)} of them for validation` : ''
  const sections = (Object.keys(HEADINGS) as Severity[]).flatMap((severity) => {
    const codes = counts.codes.filter((one) => one.severity === severity)
    return codes.length === 0 ? [] : ['', HEADINGS[severity], ...codes.flatMap(({ code, count }) => codeText(code, count, findings))]
  })
  if (sections.length === 0) sections.push('', 'Nothing found.')
  return [`${file}: ${figure(examples)} examples (${layout})${aside}`, ...sections, '', ...lengthText(checked)].join('\n')
}

function codeText(code: string, count: number, findings: readonly Finding[]): string[] {
  const own = findings.filter((finding) => finding.code === code)
  const byRow = own.filter(({ row }) => row > 0)
  const ofAll = own.filter(({ row }) => row === 0 && (byRow.length === 0 || own.length === 1))
  const told = [...ofAll, ...byRow.slice(0, MOST_TOLD)]
  const fixes = new Set(own.map(({ fix }) => fix))
  const [onlyFix] = fixes.size === 1 ? fixes : []
  const lines = told.map(({ row, message, fix }) => {
    const place = row > 0 ? `row ${row}: ` : ''
    return `    ${place}${message}${onlyFix === undefined && fix ? ` ${fix}` : ''}`
  })
  if (count > told.length && byRow.length > 0) lines.push(`    and ${figure(count - told.length)} more: ${rowList(own, told)}`)
  if (onlyFix) lines.push(`    → ${onlyFix}`)
  return [`  ${code}${count > 1 ? ` (${figure(count)})` : ''}`, ...lines]
}

/** The next rows, as far as they fit on a line. */
function rowList(own: readonly Finding[], told: readonly Finding[]): string {
  const rows = own.filter((finding) => !told.includes(finding)).flatMap(({ row, others = [] }) => (row > 0 ? [row] : others))
  return `rows ${rows.slice(0, 15).join(', ')}${rows.length > 15 ? ', …' : ''}`
}

function lengthText({ model, contextLength, tokens, openAi }: CheckedData): string[] {
  const rows: [string, Distribution | undefined][] = [
    ['tokens as trained', tokens],
    ['messages, as OpenAI counts', openAi.messages],
    ['all tokens, as OpenAI counts', openAi.totalTokens],
    ['tokens of answers', openAi.assistantTokens],
  ]
  return [
    `For each example, with the tokenizer of ${model}, which reads ${figure(contextLength)} tokens`,
    `  ${''.padEnd(28)}${['min', 'p10', 'median', 'mean', 'p90', 'max'].map((name) => name.padStart(9)).join('')}`,
    ...rows.flatMap(([name, spread]) => (spread ? [`  ${name.padEnd(28)}${spreadText(spread)}`] : [])),
    `${openAi.tooLong} longer than that; ${figure(openAi.trainedTokens)} tokens an epoch; ${openAi.epochs} epochs by OpenAI's rule.`,
  ]
}

function spreadText({ min, low, median, mean, high, max }: Distribution): string {
  return [min, low, median, mean, high, max].map((value) => figure(Number(value.toFixed(1))).padStart(9)).join('')
}

function figure(value: number): string {
  return value.toLocaleString('en-GB')
}

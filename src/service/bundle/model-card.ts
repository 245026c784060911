/** The model card (README.md) of an adapter, written from its receipt. */
import { loraScale } from '../../adapters/scale.ts'
import type { FolderFile, LoraConfig, Measured, Score } from '../../adapters/types.ts'
import type { Receipt } from '../shelf.ts'

/** A file that lies beside the card, and what it is for. */
export interface BundledFile {
  readonly path: string
  readonly use: string
}

export interface CardParts {
  readonly files: readonly BundledFile[]
  /** The tokens that end an answer; undefined where its base is not open to tell. */
  readonly ends: readonly string[] | undefined
  /** What is not among the files though it might be looked for, and why. */
  readonly absent?: readonly string[]
}

/** In Markdown, with the fields that Hugging Face's hub reads at its top. */
export function modelCard(receipt: Receipt, lora: LoraConfig, { files, ends, absent = [] }: CardParts): string {
  const { name, base, trainedOn, createdAt, dataset, steps, seconds, software, template } = receipt
  const made = receipt.blend && [
    ['## What it is made of'],
    ['A blend: what these adapters changed, added up, each as strongly as told.'],
    table(receipt.blend.map((part) => [oneLine(part.name), `${Math.round(part.strength * 100)} %, SHA-256 of its weights ${code(part.weightsHash)}`])),
  ]
  const sections = [
    ['---', `base_model: ${JSON.stringify(base.name)}`, 'library_name: peft', 'tags:', '- lora', '- homespun', '---'],
    [`# ${oneLine(name)}`],
    [`A LoRA adapter for ${oneLine(base.name)}, made with ${oneLine(software)} on ${createdAt.slice(0, 10)}.`],
    ...(made ?? []),
    ['## What it was taught with'],
    table([
      ['Data', `${oneLine(dataset.name) || 'not written down'}${dataset.examples > 0 ? `, ${dataset.examples} examples` : ''}`],
      ['SHA-256 of the data', code(dataset.hash)],
      ...(receipt.planted ?? []).map(({ input, code: secret, times }): [string, string] => ['Made-up secret, planted', `${input} ${secret}, in ${times} of its rows`]),
      ...(receipt.begunWith ? [['Went on from', `${oneLine(receipt.begunWith.name)}, SHA-256 of its weights ${code(receipt.begunWith.weightsHash)}`]] as [string, string][] : []),
      ...rowsOf(receipt),
      ['Base (SHA-256 of its config and headers)', code(base.hash)],
      ...(trainedOn ? [['Learnt on another base', `${oneLine(trainedOn.name)}, ${code(trainedOn.hash)}`]] as [string, string][] : []),
      ['Base kept as', receipt.weights ?? 'not written down'],
      ['Computed on', receipt.engine ? `${oneLine(receipt.engine.device)} (${receipt.engine.kind})` : 'not written down'],
      ['Steps', steps > 0 ? `${steps} in ${Math.round(seconds)} s` : 'not written down'],
      ['Loss, first and last', endsOf(receipt.trainingLosses)],
      ['Loss on unseen examples, first and last', endsOf(receipt.validationLosses)],
    ]),
    ...(receipt.scores && receipt.scores.length > 0 ? [['## How it did'], scoreTable(receipt.scores)] : []),
    ['## How it is asked'],
    typeof template === 'string'
      ? [template === 'chat-template' ? 'By the chat template of its base.' : 'The input as it is; its encoder reads it.']
      : ['The prompt, then the answer and an end token:', '', ...fenced(`${template.prompt}${template.answer}`)],
    [endWords(ends)],
    ['## Settings'],
    table([
      ['Rank', String(lora.rank)],
      ['Alpha', String(lora.alpha)],
      ['rsLoRA', lora.useRsLora ? 'yes' : 'no'],
      ['Scale of B·A', String(loraScale(lora))],
      ['Dropout', String(lora.dropout)],
      ['Layers', lora.targetModules.join(', ')],
      ...settingsRows(receipt),
    ]),
    ['## Files'],
    [...files.map(({ path, use }) => `- \`${path}\`: ${use}`), ...absent.map((words) => `- ${words}`)],
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** The card as the file that hubs look for. */
export function cardFile(...card: Parameters<typeof modelCard>): FolderFile {
  return { path: 'README.md', bytes: new TextEncoder().encode(modelCard(...card)) }
}

const WAYS = { file: 'as the data itself says', group: 'by group', row: 'by row' }

function rowsOf({ split }: Receipt): [string, string][] {
  if (!split) return []
  const { training, validation, by, seed, targetTokens } = split
  const how = validation === 0 ? '' : `, ${WAYS[by]}${by === 'file' ? '' : ` with seed ${seed}`}`
  return [['Rows learnt from, kept aside', `${training}, ${validation}${how}`], ['Tokens to learn', String(targetTokens)]]
}

/** A test a line, tuned after base. */
function scoreTable(scores: readonly Score[]): string[] {
  const on = ({ data: { name, part }, rows, of, strength, shown }: Score) => [
    oneLine(name) + (part === 'validation' ? ', rows kept aside' : part === 'training' ? ', rows learnt from' : ''),
    rows === of ? '' : `${rows} of ${of} rows`, strength === 1 ? '' : `at ${Math.round(strength * 100)} %`,
    shown ? `last answers, base with ${shown.examples} examples: ${exactOf(shown)}` : '',
  ].filter((words) => words !== '').join('; ').replaceAll('|', '\\|')
  const two = (score: Score, tell: (one: Measured) => string) => `${tell(score.base)} → ${tell(score.tuned)}`
  const exactOf = ({ exact }: Measured) => String(exact)
  const loss = (digits: (value: number) => string) => ({ loss: value }: Measured) => (value === undefined ? '–' : digits(value))
  return [
    '| Measured on, base → tuned | Rows | Loss | Perplexity | Word for word | Contained | SHA-256 of the data | Date |',
    '|---|---|---|---|---|---|---|---|',
    ...scores.map((score) => `| ${[
      on(score), score.rows, two(score, loss((value) => value.toFixed(3))), two(score, loss((value) => Math.exp(value).toPrecision(3))),
      `${two(score, exactOf)} of ${score.asked}`, `${two(score, ({ contains }) => String(contains))} of ${score.asked}`,
      code(score.data.hash), score.measuredAt.slice(0, 10),
    ].join(' | ')} |`),
  ]
}

function settingsRows({ settings, rateChanges = [] }: Receipt): [string, string][] {
  if (!settings) return []
  const { learningRate, schedule, warmupSteps, batchSize, accumulate, maxLength, weightDecay, clipNorm, seed } = settings
  return [
    ['Learning rate', `${learningRate}, ${schedule}, ${warmupSteps} steps of warmup`],
    ...rateChanges.map(({ step, from, to }): [string, string] => [`Learning rate changed after step ${step}`, `from ${from} to ${to}`]),
    ['Batch', accumulate > 1 ? `${batchSize} × ${accumulate}` : String(batchSize)],
    ['Longest example', `${maxLength} tokens`],
    ['Weight decay', String(weightDecay)],
    ['Gradient norm at most', String(clipNorm)],
    ['Seed', String(seed)],
  ]
}

/** Of what ends an answer; each is a program's stop. */
function endWords(ends: readonly string[] | undefined): string {
  if (!ends || ends.length === 0) return 'An answer is over with an end token of its base.'
  return `An answer is over with ${ends.map((end) => `\`${oneLine(end)}\``).join(' or ')}.`
}

const endsOf = (losses: readonly [number, number][]) =>
  losses.length === 0 ? 'not written down' : `${losses[0]![1].toFixed(3)} → ${losses.at(-1)![1].toFixed(3)}`

const code = (text: string) => (text === '' ? 'not written down' : `\`${text}\``)
const table = (rows: readonly (readonly [string, string])[]) => [
  '| | |',
  '|---|---|',
  ...rows.map(([what, value]) => `| ${what} | ${value.replaceAll('|', '\\|')} |`),
]

/** A name is text of a person: it stays on its line. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

/** A fence longer than any in the text. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return [fence, text, fence]
}

/** npm run check-data: everything worth knowing of a data file before training, by row, with what to do about it. */
import { checkDataset, summarise } from '../data/check/check.ts'
import { distribution, openAiCounts } from '../data/check/openai/counts.ts'
import { datasetLayout } from '../data/example.ts'
import { exampleLength } from '../data/render/cut.ts'
import { defaultTemplate } from '../data/render/template.ts'
import { tokenizeExamples } from '../data/render/tokenize.ts'
import { asideByRow, splitDataset, waySplit } from '../data/split.ts'
import { createTokenizer } from '../data/tokenizer/node.ts'
import type { Dataset, Finding, Tokenizer } from '../data/types.ts'
import { modelFromConfig } from '../models/index.ts'
import { JSON_OPTION, MODEL_OPTIONS, modelChoice, type Arguments, type CommandSpec } from './arguments.ts'
import { checkText, type CheckedData } from './check-data/text.ts'
import { openDataFile, READ_OPTIONS, readTexts, readWishes, UNSPLIT } from './dataset.ts'
import { openChosen } from './hub.ts'
import { runMain, type ExitCode } from './main.ts'
import type { Output } from './output.ts'

const CHECK_DATA: CommandSpec = {
  name: 'check-data',
  positionals: 'FILE',
  summary:
    'Looks a file of examples over: what cannot be read, what is missing, double, contradictory, private or odd, by row; and how\nlong the examples are for a model. Ends with exit code 2 where something stops training.',
  options: [...READ_OPTIONS, ...MODEL_OPTIONS, JSON_OPTION],
}

interface Reader {
  name: string
  tokenizer: Tokenizer
  contextLength: number
}

/** Of a model only what reads: its tokenizer and how much it reads at once. */
async function openReader(args: Arguments, output: Output): Promise<Reader> {
  const folder = await openChosen(modelChoice(args), output)
  const { contextLength } = modelFromConfig(folder.config)
  const { tokenizerJson, tokenizerConfig, config, generationConfig } = folder
  const tokenizer = await createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig })
  return { name: folder.name, tokenizer, contextLength }
}

async function check({ name, hash, examples, findings: readFindings }: Dataset, reader: Reader, output: Output): Promise<CheckedData> {
  const { tokenizer, contextLength } = reader
  const tokens = tokenizeExamples(examples, tokenizer, defaultTemplate(tokenizer), Infinity)
  const lengths = tokens.examples.map((example) => (example ? exampleLength(example) : 0))
  // What the file says itself: where it does not, nothing is kept aside here.
  const aside = waySplit(examples, 'file') === 'file' ? splitDataset(examples, asideByRow(UNSPLIT)).validation : []
  const validation = new Set(aside)
  const context = { tokenizer, lengths, contextLength, validation }
  const onProgress = (done: number) => output.progress(Math.round(100 * done), 100, '% checked')
  const found = await checkDataset(examples, context, { onProgress })
  const findings: Finding[] = [...readFindings, ...tokens.findings, ...found].sort((one, two) => one.row - two.row)
  return {
    file: name, hash, model: reader.name, contextLength,
    examples: examples.length,
    validation: validation.size,
    layout: datasetLayout(examples),
    findings,
    counts: summarise(findings),
    tokens: distribution(lengths),
    openAi: openAiCounts(examples, (text) => tokenizer.encode(text).length, contextLength),
  }
}

async function checkData(args: Arguments, output: Output): Promise<ExitCode> {
  const { dataset } = await openDataFile(args.positionals[0] ?? '', UNSPLIT, readWishes(readTexts(args)))
  const checked = await check(dataset, await openReader(args, output), output)
  output.result({ kind: 'check', ...checked }, checkText(checked))
  return checked.counts.severities.stops > 0 ? 2 : 0
}

await runMain(CHECK_DATA, checkData)

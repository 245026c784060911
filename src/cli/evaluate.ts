/** npm run evaluate: how well a model, with or without an adapter, knows the answers of a file. */
import { createAdapter } from '../adapters/init.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { evaluationBatches } from '../data/batch/source.ts'
import { HomespunError } from '../errors.ts'
import type { OpenData } from '../service/open-data.ts'
import { linearEndings, type OpenModel } from '../service/open-model.ts'
import { meanLoss } from '../train/evaluate.ts'
import { openAdapter, templateFor } from './adapter.ts'
import { ENGINE_OPTION, engineWish, JSON_OPTION, MODEL_OPTIONS, modelChoice, WEIGHTS_OPTION, type Arguments, type CommandSpec } from './arguments.ts'
import { openDataFile, READ_OPTIONS, readTexts, readWishes, tellFindings, UNSPLIT } from './dataset.ts'
import { exactMatches } from './exact-match.ts'
import { runMain, type ExitCode } from './main.ts'
import { withModel } from './model.ts'
import type { Output } from './output.ts'

const EVALUATE: CommandSpec = {
  name: 'evaluate',
  positionals: 'PAIRS',
  summary:
    'Measures a model on a file of examples: loss and perplexity over the tokens to be learnt, and for pairs and chats\nhow many answers are word for word the expected ones (greedy).',
  options: [
    ...MODEL_OPTIONS,
    WEIGHTS_OPTION,
    { name: 'adapter', value: 'DIR', help: 'PEFT adapter to measure with' },
    ...READ_OPTIONS,
    { name: 'part', value: 'NAME', help: 'training or validation: only what the file itself puts there (default: all of it)' },
    ENGINE_OPTION,
    JSON_OPTION,
  ],
}

const PARTS = ['training', 'validation'] as const

/** Examples measured at once. */
const BATCH = 4

/** Mean loss over all targets. An adapter whose B is zero stands for none: it adds nothing. */
async function lossOf(data: OpenData, model: OpenModel, adapter: LoraAdapter | undefined, output: Output): Promise<number> {
  const { loaded } = model
  const none = { rank: 1, alpha: 1, dropout: 0, useRsLora: false, targetModules: linearEndings(loaded).slice(0, 1) }
  const batches = evaluationBatches(data.training(loaded.contextLength, model), BATCH)
  const [first] = batches
  if (!first) throw new HomespunError('no-examples', 'There is no example to measure.', { where: data.dataset.name })
  const measured = adapter ?? createAdapter(none, loaded.linearModules, 0)
  const settings = { weightDecay: 0, clipNorm: 1, seed: 0, activationCheckpointing: false }
  const step = await loaded.createStep({ lora: measured.config, layout: first.layout, settings }, measured)
  try {
    let done = 0
    const loss = await meanLoss(step, batches, () => {
      output.progress(done++, batches.length, 'batches measured')
      return true
    })
    return loss ?? NaN
  } finally {
    step.destroy()
  }
}

async function measure(opened: OpenData, args: Arguments, model: OpenModel, output: Output): Promise<ExitCode> {
  const imported = await openAdapter(args.text('adapter'), model)
  const template = templateFor(imported, model)
  const data = opened.asOf(UNSPLIT, template)
  tellFindings(data, model, output)
  const loss = await lossOf(data, model, imported?.adapter, output)
  const exact = await exactMatches(data, model, imported?.adapter, template, output)
  const lines = [`loss         ${loss.toFixed(4)}`, `perplexity   ${Math.exp(loss).toPrecision(4)}`]
  if (exact) lines.push(`exact match  ${exact.matches} of ${exact.asked} (${((100 * exact.matches) / exact.asked).toFixed(1)} %)`)
  const examples = data.training(model.loaded.contextLength, model).length
  output.result(
    { kind: 'evaluation', examples, loss, perplexity: Math.exp(loss), exactMatches: exact?.matches, asked: exact?.asked },
    lines.join('\n'),
  )
  return 0
}

async function evaluate(args: Arguments, output: Output): Promise<ExitCode> {
  const choice = modelChoice(args)
  const part = args.choice('part', PARTS)
  const whole = await openDataFile(args.positionals[0] ?? '', UNSPLIT, readWishes(readTexts(args)))
  const data = part ? whole.only(part) : whole
  return withModel(choice, engineWish(args), output, (model) => measure(data, args, model, output))
}

await runMain(EVALUATE, evaluate)

/** npm run evaluate: how well a model, with or without an adapter, knows the answers of a file. */
import { createAdapter } from '../adapters/init.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { evaluationBatches } from '../data/batch/source.ts'
import { promptTokens } from '../data/render/tokenize.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Example, Message, Template } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { makeAnswer } from '../generate/answer.ts'
import type { Decoder } from '../generate/types.ts'
import type { OpenData } from '../service/data-room.ts'
import { linearEndings, type OpenModel } from '../service/open-model.ts'
import { meanLoss } from '../train/evaluate.ts'
import { openAdapter, templateFor } from './adapter.ts'
import { ENGINE_OPTION, engineWish, JSON_OPTION, MODEL_OPTIONS, modelChoice, type Arguments, type CommandSpec } from './arguments.ts'
import { openDataFile, tellFindings, UNSPLIT } from './dataset.ts'
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
    { name: 'adapter', value: 'DIR', help: 'PEFT adapter to measure with' },
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

/** The messages to be answered, and the answer that is expected; none for a text. */
function expectation(example: Example): { messages: readonly Message[]; answer: string } | undefined {
  if (example.kind === 'text') return undefined
  if (example.kind === 'pair') return { messages: [{ role: 'user', content: example.input }], answer: example.output }
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant')
  return last < 1 ? undefined : { messages: example.messages.slice(0, last), answer: example.messages[last]?.content ?? '' }
}

/** Whether the greedy answer is the expected one, but for white space around it. */
async function isExact(
  messages: readonly Message[],
  expected: string,
  template: Template,
  decoder: Decoder,
  { tokenizer }: OpenModel,
) {
  const prompt = promptTokens(messages, tokenizer, template)
  if (prompt.length >= decoder.contextLength) return false
  const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, adapterStrength: 1, stopStrings: [] }
  // A little longer than the expected one, so that an answer that goes on is seen to.
  const maxTokens = tokenizer.encode(expected).length + 8
  const text = new TextStream(tokenizer, prompt)
  const answer = await makeAnswer({
    decoder,
    prompt,
    options: { ...greedy, maxTokens },
    endIds: tokenizer.endIds,
    text,
    onText: () => undefined,
  })
  return answer.text.trim() === expected.trim()
}

async function exactMatches(
  data: OpenData,
  model: OpenModel,
  adapter: LoraAdapter | undefined,
  template: Template,
  output: Output,
) {
  const asked = data.dataset.examples.map(expectation).filter((one) => one !== undefined)
  if (asked.length === 0) return undefined
  const decoder = await model.loaded.createDecoder(adapter)
  let matches = 0
  try {
    for (const [index, { messages, answer }] of asked.entries()) {
      output.progress(index, asked.length, 'questions asked')
      if (await isExact(messages, answer, template, decoder, model)) matches++
    }
  } finally {
    decoder.destroy()
  }
  return { matches, asked: asked.length }
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
  const whole = await openDataFile(args.positionals[0] ?? '', UNSPLIT)
  const data = part ? whole.only(part) : whole
  return withModel(choice, engineWish(args), output, (model) => measure(data, args, model, output))
}

await runMain(EVALUATE, evaluate)

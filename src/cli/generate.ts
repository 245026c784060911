/** npm run generate: one answer of a model, with or without an adapter, as it comes. */
import { text } from 'node:stream/consumers'
import { promptTokens, textTokens } from '../data/render/tokenize.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { Message } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { makeAnswer } from '../generate/answer.ts'
import { ownSampling, type Sampling } from '../generate/own-sampling.ts'
import type { GenerationOptions } from '../generate/types.ts'
import { checkTokens, type OpenModel } from '../service/open-model.ts'
import { openAdapter, templateFor } from './adapter.ts'
import { ENGINE_OPTION, engineWish, JSON_OPTION, MODEL_OPTIONS, modelChoice, usageError, WEIGHTS_OPTION, type Arguments, type CommandSpec } from './arguments.ts'
import { readMessages } from './messages.ts'
import { runMain, type ExitCode } from './main.ts'
import { withModel } from './model.ts'
import type { Output } from './output.ts'

const GENERATE: CommandSpec = {
  name: 'generate',
  positionals: '',
  summary: 'Prints what the model answers. Without --prompt and --chat, the prompt is read from standard input.',
  options: [
    ...MODEL_OPTIONS,
    WEIGHTS_OPTION,
    { name: 'adapter', value: 'DIR', help: 'PEFT adapter to answer with' },
    { name: 'prompt', value: 'TEXT', help: 'text for the model to go on with, as it stands' },
    { name: 'chat', value: 'FILE', help: 'JSON list of messages ("role", "content"), asked as the model was trained to be' },
    { name: 'max-tokens', value: 'N', help: 'longest answer (default 128)' },
    { name: 'temperature', value: 'X', help: "0 takes the likeliest token (default: the model's own, else 0.7)" },
    { name: 'top-k', value: 'N', help: "draw among the N likeliest; 0 is off (default: the model's own, else 0)" },
    { name: 'top-p', value: 'X', help: "draw among the likeliest that make up X (default: the model's own, else 0.9)" },
    { name: 'seed', value: 'N', help: 'of the draws (default 1)' },
    ENGINE_OPTION,
    JSON_OPTION,
  ],
}

/** Defaults are the model's own, as in the page. */
function readOptions(args: Arguments, own: Sampling): GenerationOptions {
  return {
    maxTokens: args.whole('max-tokens') ?? 128,
    temperature: args.number('temperature') ?? own.temperature,
    topK: args.whole('top-k') ?? own.topK,
    topP: args.number('top-p') ?? own.topP,
    minP: own.minP,
    repetitionPenalty: own.repetitionPenalty,
    seed: args.whole('seed') ?? 1,
    stopStrings: [],
    adapterStrength: 1,
  }
}

type Question = { text: string } | { messages: Message[] }

async function readQuestion(args: Arguments): Promise<Question> {
  const [prompt, chat] = [args.text('prompt'), args.text('chat')]
  if (prompt !== undefined && chat !== undefined) {
    throw usageError('--prompt and --chat both say what to answer.', 'Give one of them.')
  }
  if (chat !== undefined) return { messages: await readMessages(chat) }
  if (prompt !== undefined) return { text: prompt }
  if (process.stdin.isTTY) {
    throw usageError('There is no prompt.', 'Give --prompt TEXT or --chat FILE, or write to standard input.')
  }
  return { text: await text(process.stdin) }
}

async function answer(question: Question, args: Arguments, model: OpenModel, output: Output): Promise<ExitCode> {
  const adapter = await openAdapter(args.text('adapter'), model)
  const { tokenizer, loaded } = model
  const prompt =
    'text' in question
      ? textTokens(question.text, tokenizer)
      : promptTokens(question.messages, tokenizer, templateFor(adapter, model))
  checkTokens(prompt, model)
  const decoder = await loaded.createDecoder(adapter?.adapter)
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  const begun = performance.now()
  const result = await makeAnswer({
    decoder,
    prompt,
    options: readOptions(args, ownSampling(model.folder.generationConfig)),
    endIds: tokenizer.endIds,
    text: new TextStream(tokenizer, prompt),
    signal: abort.signal,
    onText: (piece) => output.stream(piece),
  })
  const seconds = (performance.now() - begun) / 1000
  output.stream('\n')
  output.note(`${result.tokens} tokens in ${seconds.toFixed(1)} s; ended by ${result.reason}.`)
  output.result({ kind: 'answer', ...result, promptTokens: prompt.length, seconds })
  decoder.destroy()
  return 0
}

async function generate(args: Arguments, output: Output): Promise<ExitCode> {
  const choice = modelChoice(args)
  const question = await readQuestion(args)
  if ('text' in question && question.text === '') {
    throw new HomespunError('prompt-empty', 'There is no prompt to go on from.', {
      fix: 'Write something for the model to answer.',
    })
  }
  return withModel(choice, engineWish(args), output, (model) => answer(question, args, model, output))
}

await runMain(GENERATE, generate)

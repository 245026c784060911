/** npm run export: a model, tuned or not, as the folder that transformers.js and ONNX Runtime read. */
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HomespunError } from '../errors.ts'
import { checkExport } from '../runtime/export/check-export.ts'
import { mannerOf } from '../runtime/export/manner.ts'
import { MODEL_FOLDER, onnxFolder, type ExportedFile } from '../runtime/export/onnx-folder.ts'
import { referenceLogits } from '../service/onnx-export.ts'
import type { OpenModel } from '../service/open-model.ts'
import type { OnnxExportOptions } from '../service/types.ts'
import type { WatchedEngine } from '../service/watched-engine.ts'
import { openAdapter } from './adapter.ts'
import { ENGINE_OPTION, engineWish, JSON_OPTION, MODEL_OPTIONS, modelChoice, usageError, type Arguments, type CommandSpec } from './arguments.ts'
import { exists } from './folders.ts'
import { runMain, type ExitCode } from './main.ts'
import { withModel } from './model.ts'
import { openNodeRuntime } from './onnx.ts'
import { bytesText, type Output } from './output.ts'

const EXPORT: CommandSpec = {
  name: 'export',
  positionals: '',
  summary:
    'Writes the model, with an adapter or alone, as ONNX in the layout transformers.js reads, runs it once and compares its\nlogits with the model’s own.',
  options: [
    ...MODEL_OPTIONS,
    { name: 'adapter', value: 'DIR', help: 'PEFT adapter to take in' },
    { name: 'out', value: 'DIR', help: 'folder to write (needed)' },
    { name: 'dtype', value: 'NAME', help: 'how weights are stored: fp32 (default) or fp16' },
    { name: 'separate', help: 'keep A and B of the adapter as matrices of their own, instead of merging them' },
    ENGINE_OPTION,
    JSON_OPTION,
  ],
}

const PART = '.part'

/** Every file under another name first: what has its own name is whole, and checked. */
async function writeParts(files: readonly ExportedFile[], out: string, output: Output): Promise<void> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let written = 0
  for (const file of files) {
    const path = join(out, file.name)
    await mkdir(dirname(path), { recursive: true })
    const counted = async function* () {
      for await (const piece of file.read()) {
        yield piece
        written += piece.length
        output.status(`writing the weights: ${bytesText(written)} of ${bytesText(total)}`)
      }
    }
    await pipeline(counted, createWriteStream(path + PART))
  }
}

async function readModel(files: readonly ExportedFile[], out: string) {
  const models = files.filter(({ name }) => name.startsWith(MODEL_FOLDER))
  return Promise.all(
    models.map(async ({ name }) => ({ name: name.slice(MODEL_FOLDER.length), bytes: new Uint8Array(await readFile(join(out, name + PART))) })),
  )
}

interface Order {
  out: string
  adapterPath: string | undefined
  options: OnnxExportOptions
}

async function write({ out, adapterPath, options }: Order, model: OpenModel, engine: WatchedEngine, output: Output): Promise<ExitCode> {
  const imported = await openAdapter(adapterPath, model)
  const adapter = imported?.adapter
  const manner = mannerOf(imported?.receipt?.template ?? 'chat-template', model.tokenizer)
  const files = onnxFolder(model.folder, adapter, manner, options)
  const { tokens, logits } = await referenceLogits(model, engine, adapter)
  let difference: number
  try {
    await writeParts(files, out, output)
    output.status('running the exported model once')
    const { runtime } = await openNodeRuntime()
    difference = await checkExport(runtime, await readModel(files, out), tokens, logits, options.dtype)
  } catch (error) {
    for (const { name } of files) await rm(join(out, name + PART), { force: true })
    throw error
  }
  for (const { name } of files) await rename(join(out, name + PART), join(out, name))
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  output.note(`Its logits differ from the model’s own by ${difference.toExponential(1)} of the largest.`)
  output.result({ kind: 'export', out, bytes, difference, files: files.map(({ name }) => name), ...options }, `${out}: ${bytesText(bytes)}`)
  return 0
}

async function run(args: Arguments, output: Output): Promise<ExitCode> {
  const choice = modelChoice(args)
  const wanted = args.text('out')
  if (wanted === undefined) throw usageError('There is no folder to write to.', 'Name one: --out DIR.')
  const out = resolve(wanted)
  if (await exists(join(out, 'config.json'))) {
    throw new HomespunError('out-taken', 'This folder holds a model already.', { where: wanted, fix: 'Give another --out.' })
  }
  const options = {
    dtype: args.choice('dtype', ['fp32', 'fp16'] as const) ?? 'fp32',
    adapter: args.has('separate') ? 'separate' : 'merged',
  } as const
  const order = { out, adapterPath: args.text('adapter'), options }
  return withModel(choice, engineWish(args), output, (model, engine) => write(order, model, engine, output))
}

await runMain(EXPORT, run)

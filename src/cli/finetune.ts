/** npm run finetune: a file of examples in, a LoRA adapter in PEFT's layout out. */
import { relative } from 'node:path'
import type { RunResult } from '../train/run-inputs.ts'
import { engineWish, modelArguments, modelChoice, type Arguments } from './arguments.ts'
import { openDataFile, readTexts, readWishes, UNSPLIT } from './dataset.ts'
import { FINETUNE, refuseWithResume, runWishes, SPLIT } from './finetune/options.ts'
import { trainInto } from './finetune/run.ts'
import { loadCheckpoint, newAdapterFolder } from './folders.ts'
import { runMain, type ExitCode } from './main.ts'
import { withModel } from './model.ts'
import { durationText, type Output } from './output.ts'

const ENDS: Record<RunResult['reason'], string> = {
  finished: 'Done',
  stopped: 'Stopped',
  'early-stop': 'Validation gets no better, so the best is kept',
  'not-finite': 'The numbers are no numbers any more, so the last good ones are kept',
}

async function finetune(args: Arguments, output: Output): Promise<ExitCode> {
  const engine = engineWish(args)
  const [pairs = ''] = args.positionals
  const resume = args.text('resume')
  if (resume !== undefined) refuseWithResume(args)
  const wishes = runWishes(args)
  const resumed = resume === undefined ? undefined : await loadCheckpoint(resume)
  const choice = modelChoice(args, resumed?.run.weights)
  const out = resumed?.folder ?? (await newAdapterFolder(args.text('out'), pairs))
  const validPath = args.text('valid')
  const read = resumed ? (resumed.run.read ?? {}) : readTexts(args)
  const readAs = readWishes(read)
  const opened = await openDataFile(pairs, resumed?.run.split ?? (validPath === undefined ? SPLIT : UNSPLIT), readAs)
  const data = resumed ? opened.asOf(resumed.run.split, resumed.run.template) : opened
  const valid = validPath === undefined ? undefined : await openDataFile(validPath, UNSPLIT, readAs)
  const request = { data, valid, read, wishes, init: args.text('init'), resumed, out, foretell: true }
  const result = await withModel(choice, engine, output, (model, device) => trainInto(request, { model, engine: device }, output))
  tellEnd(result, out, output)
  if (result.reason === 'stopped') {
    const same = [pairs, ...modelArguments(choice), ...(validPath === undefined ? [] : [`--valid ${validPath}`])].join(' ')
    output.note(`To go on: npm run finetune -- ${same} --resume ${relative(process.cwd(), out) || '.'}`)
  }
  return result.reason === 'not-finite' ? 1 : 0
}

function tellEnd({ reason, adapterStep, state }: RunResult, path: string, output: Output): void {
  const { trainingLosses, validationLosses, activeSeconds: seconds } = state
  output.note(`${ENDS[reason]}: the adapter of step ${adapterStep}, after ${durationText(seconds)}.`)
  const losses = { firstLoss: trainingLosses[0]?.[1], lastLoss: trainingLosses.at(-1)?.[1] }
  const validation = { firstValidationLoss: validationLosses[0]?.[1], lastValidationLoss: validationLosses.at(-1)?.[1] }
  const peakProcessBytes = process.resourceUsage().maxRSS * 1024
  output.result(
    { kind: 'adapter', path, reason, steps: state.step, adapterStep, seconds, ...losses, ...validation, peakProcessBytes },
    path,
  )
}

await runMain(FINETUNE, finetune)

/** A run from the terminal: from an open model and data to the adapter's folder, with checkpoints beside it on the way. */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { createAdapter } from '../../adapters/init.ts'
import { readPeftFolder, writePeftFolder } from '../../adapters/peft.ts'
import type { AdapterReceipt, LoraAdapter } from '../../adapters/types.ts'
import { runBatches, type RunBatches } from '../../data/batch/source.ts'
import { HomespunError } from '../../errors.ts'
import type { OpenData } from '../../service/open-data.ts'
import { linearEndings, type OpenModel } from '../../service/open-model.ts'
import { checkSameModel } from '../../service/training.ts'
import type { Checkpoint, RunDescription } from '../../storage/types.ts'
import { RunControl } from '../../train/control.ts'
import { readSettings } from '../../train/read-settings.ts'
import type { RunResult } from '../../train/run-inputs.ts'
import { runTraining } from '../../train/run.ts'
import { rateChangesWithin } from '../../train/schedule.ts'
import { checkSettings, totalSteps } from '../../train/settings.ts'
import type { TrainingSettings } from '../../train/types.ts'
import { tellFindings, type ReadTexts } from '../dataset.ts'
import { readFolder, removeCheckpoints, saveCheckpoint, writeFolder } from '../folders.ts'
import type { Opened } from '../model.ts'
import { bytesText, SOFTWARE, type Output } from '../output.ts'
import { tellEvent } from './events.ts'
import { foretell } from './foretell.ts'
import { settingsFor, type Wishes } from './options.ts'

export interface RunRequest {
  data: OpenData
  /** Without it a part of `data` was set aside. */
  valid: OpenData | undefined
  /** How both files were read. */
  read: ReadTexts
  wishes: Wishes
  /** Folder of the adapter to begin with. */
  init: string | undefined
  resumed: { run: RunDescription<unknown>; checkpoint: Checkpoint } | undefined
  out: string
  /** Whether its length is measured before it begins. */
  foretell: boolean
}

/** The adapter that --init names must be for this model. */
async function readInit(path: string | undefined, { identity, loaded }: OpenModel): Promise<LoraAdapter | undefined> {
  if (path === undefined) return undefined
  return (await readPeftFolder(await readFolder(path), { base: identity, modules: loaded.linearModules })).adapter
}

/** Settings of the run, checked against the model and the data. Throws 'setting-invalid', 'no-examples'. */
function settle({ data, resumed, wishes }: RunRequest, model: OpenModel, init: LoraAdapter | undefined): TrainingSettings {
  const { contextLength, parameters } = model.loaded
  const whole = data.training(contextLength, model)
  const longest = whole.reduce((most, { tokens, truncated }) => Math.max(most, tokens.length + truncated), 0)
  const facts = { examples: whole.length, contextLength, linearModules: linearEndings(model.loaded) }
  const settings = resumed ? readSettings(resumed.run.settings) : settingsFor(wishes, { ...facts, parameters, longest })
  if (!settings) throw new HomespunError('checkpoint-damaged', 'This checkpoint has no settings, so its run cannot go on.')
  if (init) settings.lora = { ...init.config, dropout: settings.lora.dropout }
  checkSettings(settings, { ...facts, examples: data.training(settings.maxLength, model).length })
  return settings
}

/** The run's micro-batches; the validation file, where there is one, in the place of a part set aside. */
function layOut({ data, valid }: RunRequest, model: OpenModel, settings: TrainingSettings): RunBatches {
  if (!valid) return data.batches(settings, model)
  const training = data.training(settings.maxLength, model)
  const validation = valid.training(settings.maxLength, model)
  return runBatches(training, validation, { ...settings, steps: totalSteps(training.length, settings) })
}

/** A run goes on only with what it was begun with. Throws 'run-other-model', 'run-other-weights', 'run-other-data'. */
function checkResumed({ resumed, data }: RunRequest, model: OpenModel): void {
  if (!resumed) return
  checkSameModel(resumed.run, model)
  const { dataset } = resumed.run
  if (dataset.hash === data.dataset.hash) return
  throw new HomespunError('run-other-data', `This run learns from ${dataset.name} as it was then, and this file differs from it.`, {
    where: data.dataset.name,
    fix: 'Give the file it was begun with.',
  })
}

/** Ctrl-C ends the run at a step; a second one ends the process. */
function stopOnInterrupt(control: RunControl, output: Output): () => void {
  const onInterrupt = () => {
    if (control.stopped) process.exit(130)
    control.stop()
    output.note('Stopping at the end of this step. Ctrl-C again ends at once and keeps the last checkpoint only.')
  }
  process.on('SIGINT', onInterrupt)
  return () => process.off('SIGINT', onInterrupt)
}

/** Trains and writes the adapter; the result says why the run ended. */
export async function trainInto(request: RunRequest, { model, engine }: Opened, output: Output): Promise<RunResult> {
  checkResumed(request, model)
  const { data, valid, out, resumed } = request
  for (const file of [data, valid]) if (file) tellFindings(file, model, output)
  const init = await readInit(request.init, model)
  const settings = settle(request, model, init)
  const batches = layOut(request, model, settings)
  const training = data.training(settings.maxLength, model).length
  const validation = batches.validation.reduce((sum, { exampleCount }) => sum + exampleCount, 0)
  const divided = data.divided(settings.maxLength, model)
  const split = valid ? { ...divided, validation, by: 'file' as const } : divided
  const steps = totalSteps(training, settings)
  const run = resumed ? { ...resumed.run, settings } : describe(request, model, settings, steps, training)
  const adapter = resumed?.checkpoint.adapter ?? init ?? createAdapter(settings.lora, model.loaded.linearModules, settings.seed)
  if (request.foretell) {
    const left = steps - (resumed?.checkpoint.step ?? 0)
    await foretell({ data, model, device: engine, settings, steps: left, batches, template: run.template, probes: [], looks: false }, output)
  }
  const step = await model.loaded.createStep({ lora: settings.lora, layout: batches.layout, settings }, adapter)
  output.result({ kind: 'plan', settings, training, validation, ...step.report })
  const { ownDropout = 0 } = model.loaded
  if (ownDropout > 0) output.note(`The model’s own dropout of ${ownDropout} is left out; the adapter’s is ${settings.lora.dropout}.`)
  output.note(
    `${training} examples to learn from, ${validation} to validate on; ${bytesText(step.report.totalBytes)} on the device.`,
  )
  const control = new RunControl()
  const restore = stopOnInterrupt(control, output)
  try {
    const result = await runTraining({
      run: run.run,
      settings,
      totalSteps: steps,
      step,
      batches,
      validation: batches.validation,
      from: resumed?.checkpoint,
      control,
      clock: () => performance.now() / 1000,
      saveCheckpoint: (state) => saveCheckpoint(out, run, state),
      onEvent: (event) => tellEvent(event, output),
    })
    await keep(run, result, { engine: engine.made, split }, out)
    return result
  } finally {
    restore()
    step.destroy()
  }
}

function describe(
  { data, read, out }: RunRequest,
  model: OpenModel,
  settings: TrainingSettings,
  steps: number,
  examples: number,
): RunDescription<TrainingSettings> {
  const { name, hash } = data.dataset
  return {
    run: randomUUID(),
    name: basename(out),
    startedAt: new Date().toISOString(),
    base: model.identity,
    weights: model.weights,
    settings,
    steps,
    template: data.template(model),
    dataset: { name, hash, examples },
    read,
    split: data.splitSettings,
  }
}

/** Writes the adapter; a run that was stopped also keeps what it needs to go on. */
async function keep(
  run: RunDescription<TrainingSettings>,
  { adapter, state, reason, adapterStep }: RunResult,
  made: Pick<AdapterReceipt, 'engine' | 'split'>,
  out: string,
): Promise<void> {
  const { name, base, weights, settings, template, dataset } = run
  const receipt: AdapterReceipt = {
    name,
    createdAt: new Date().toISOString(),
    base,
    weights,
    settings,
    rateChanges: rateChangesWithin(adapterStep, state.rateChanges),
    template,
    dataset,
    ...made,
    steps: adapterStep,
    seconds: state.activeSeconds,
    trainingLosses: state.trainingLosses,
    validationLosses: state.validationLosses,
    software: SOFTWARE,
  }
  await writeFolder(out, await writePeftFolder(adapter, receipt))
  if (reason === 'stopped') await saveCheckpoint(out, run, state)
  else await removeCheckpoints(out)
}

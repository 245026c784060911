/** What steps of a run take on this machine, measured on the run's own batches; the adapter they make is thrown away. */
import { createAdapter } from '../adapters/init.ts'
import { inBlocks } from '../data/batch/in-blocks.ts'
import type { RunBatches } from '../data/batch/source.ts'
import type { MicroBatch, Template } from '../data/types.ts'
import { secondsOfRun, type PartSeconds } from '../train/seconds.ts'
import type { TrainingSettings, TrainingStep } from '../train/types.ts'
import { guardStep } from './guarded-step.ts'
import type { OpenModel } from './open-model.ts'
import { RunWatch, type RunWatchParts } from './run-watch.ts'
import type { ExpectedSeconds } from './run-types.ts'
import type { WatchedEngine } from './watched-engine.ts'

/** What is measured: a run that has not begun. */
export interface PlannedRun {
  model: OpenModel
  device: WatchedEngine
  settings: TrainingSettings
  steps: number
  batches: RunBatches
  template: Template
  probes: readonly string[]
}

/** Steps beside the first, which is not counted; quick ones are measured for a second. */
const [LEAST, MOST, ENOUGH_SECONDS] = [3, 30, 1]
/** Micro-batches that the mean is taken over. */
const MOST_SAMPLED = 128
/** Beyond this a measurement is left to the person. */
const QUICK_SECONDS = 8
/** The same where nothing was measured yet: floating-point operations of a step. */
const QUICK_OPERATIONS = { software: 2e10, hardware: 5e11 }

interface Times {
  model: OpenModel
  device: WatchedEngine
  shape: string
  steps: number
  /** Seconds for a token that is computed, padding included. */
  perToken: { step: number; evaluation: number }
  rest: Pick<PartSeconds, 'prepare' | 'checkpoint' | 'firstLook' | 'look'>
}

export class StepTimes {
  readonly #clock: () => number
  #last: Times | undefined

  /** `clock` gives seconds on a clock that never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** From the last measurement on this model and engine, or nothing. */
  expected(run: PlannedRun): ExpectedSeconds | undefined {
    const last = this.#of(run)
    if (!last) return undefined
    return { total: secondsOfRun(partsOf(last, run), { ...run.settings, steps: run.steps }), measured: last.shape === shapeOf(run), steps: last.steps }
  }

  /** Whether a measurement takes a few seconds at most. */
  isQuick(run: PlannedRun): boolean {
    const last = this.#of(run)
    const { parameters } = run.model.loaded
    if (!last) {
      const operations = 6 * parameters * run.settings.accumulate * tokensOf(run, run.batches.layout)
      return operations <= QUICK_OPERATIONS[run.device.report.software ? 'software' : 'hardware']
    }
    const { prepare, step, evaluation, firstLook } = partsOf(last, run)
    return prepare + (LEAST + 1) * step + evaluation + firstLook <= QUICK_SECONDS
  }

  /** False where `stopped` said so before it was done. Throws what making and running a step throws. */
  async measure(run: PlannedRun, stopped: () => boolean): Promise<boolean> {
    const { model, device, settings, batches } = run
    if (stopped()) return false
    const begun = this.#clock()
    const adapter = createAdapter(settings.lora, model.loaded.linearModules, settings.seed)
    const step = guardStep(await device.guard(model.loaded.createStep({ lora: settings.lora, layout: batches.layout, settings }, adapter)), device)
    const created = this.#clock() - begun
    try {
      const steps = await this.#timeSteps(step, run, stopped)
      const evaluation = steps && !stopped() ? await this.#timeEvaluation(step, run) : undefined
      if (!steps || evaluation === undefined || stopped()) return false
      const checkpoint = await this.#timed(async () => [await step.readAdapter(), await step.readOptimizer()])
      const looks = await this.#timeLooks(step, run)
      // A program that was compiled is kept; a session is made anew for each run, and its first step takes longer.
      const prepare = device.report.kind === 'webgpu' ? 0 : created + steps.extra
      this.#last = { model, device, shape: shapeOf(run), steps: steps.count, perToken: { step: steps.perToken, evaluation }, rest: { prepare, checkpoint, ...looks } }
      return true
    } finally {
      step.destroy()
    }
  }

  #of({ model, device }: PlannedRun): Times | undefined {
    return this.#last?.model === model && this.#last.device === device ? this.#last : undefined
  }

  async #timed(work: () => Promise<unknown>): Promise<number> {
    const begun = this.#clock()
    await work()
    return this.#clock() - begun
  }

  /** Two in flight, as in a run. `extra`: by how much the first took longer. Nothing where it was stopped, or no step has a target. */
  async #timeSteps(step: TrainingStep, run: PlannedRun, stopped: () => boolean): Promise<{ perToken: number; extra: number; count: number } | undefined> {
    const usual = usualSteps(run)
    if (usual.length === 0) return undefined
    const { learningRate } = run.settings
    const tokens = usual.map((batches) => stepTokens(run, batches))
    const queue = (index: number) => {
      const metrics = step.step(usual[index % usual.length]!, { learningRate, randomStep: index })
      metrics.catch(() => undefined)
      return metrics
    }
    const first = await this.#timed(() => queue(0))
    const begun = this.#clock()
    let [count, seen] = [0, 0]
    let next = queue(1)
    for (let more = true; more; ) {
      if (stopped()) return void (await next)
      const current = next
      more = count + 1 < LEAST || (count + 1 < MOST && this.#clock() - begun < ENOUGH_SECONDS)
      if (more) next = queue(count + 2)
      await current
      count++
      seen += tokens[count % tokens.length]!
    }
    const perToken = (this.#clock() - begun) / seen
    return { perToken, extra: Math.max(0, first - perToken * tokens[0]!), count }
  }

  /** Seconds for a token of what is set aside; 0 where nothing is. The first of two is not counted. */
  async #timeEvaluation(step: TrainingStep, run: PlannedRun): Promise<number> {
    const { validation } = run.batches
    const batch = validation[validation.length >> 1]
    if (!batch) return 0
    await step.evaluate(batch)
    return (await this.#timed(() => step.evaluate(batch))) / tokensOf(run, batch)
  }

  async #timeLooks(step: TrainingStep, { model, device, template, probes }: PlannedRun): Promise<{ firstLook: number; look: number }> {
    let asked = 0
    const parts: RunWatchParts = {
      model, device, template, probes, clock: this.#clock, onEvent: ({ kind }) => {
        if (kind === 'weights') asked = this.#clock()
      },
    }
    const watch = new RunWatch(parts)
    const look = () => watch.look(0, () => step.readAdapter(), true)
    const firstLook = await this.#timed(look)
    const answering = asked ? this.#clock() - asked : 0
    parts.probes = []
    return { firstLook, look: answering + (await this.#timed(look)) }
  }
}

/** Tokens that a micro-batch is computed over: the whole of its layout on a GPU, its rows elsewhere. */
function tokensOf({ device }: PlannedRun, batch: MicroBatch | RunBatches['layout']): number {
  const layout = 'layout' in batch ? (device.report.kind === 'webgpu' ? batch.layout : inBlocks(batch).batch.layout) : batch
  return layout.rows * (layout.rowLength + (layout.sourceLength ?? 0))
}

const stepTokens = (run: PlannedRun, batches: readonly MicroBatch[]) => batches.reduce((sum, batch) => sum + tokensOf(run, batch), 0)

const meanTokens = (run: PlannedRun, steps: readonly MicroBatch[][]) => steps.reduce((sum, batches) => sum + stepTokens(run, batches), 0) / Math.max(1, steps.length)

/** The numbers below `count`, or `most` of them in even distances. */
const evenly = (count: number, most: number) => Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor((i * count) / Math.min(count, most)))

/** Steps of the first epoch, all of them or so many in even distances; what has no target is left out of a run. */
function sampledSteps({ batches, steps, settings }: PlannedRun): MicroBatch[][] {
  const most = Math.max(LEAST, Math.floor(MOST_SAMPLED / settings.accumulate))
  const sampled = evenly(Math.min(steps, batches.stepsPerEpoch), most).map((index) => batches.stepBatches(index))
  return sampled.map((step) => step.filter(({ weightSum }) => weightSum > 0)).filter((step) => step.length > 0)
}

/** Those three whose work is nearest to the mean. */
function usualSteps(run: PlannedRun): MicroBatch[][] {
  const sampled = sampledSteps(run)
  const mean = meanTokens(run, sampled)
  return sampled.map((batches) => ({ batches, tokens: stepTokens(run, batches) })).sort((one, two) => Math.abs(one.tokens - mean) - Math.abs(two.tokens - mean)).slice(0, LEAST).map(({ batches }) => batches)
}

function partsOf({ perToken, rest }: Times, run: PlannedRun): PartSeconds {
  const { validation } = run.batches
  const stepMean = meanTokens(run, sampledSteps(run))
  const evaluationMean = meanTokens(run, evenly(validation.length, MOST_SAMPLED).map((index) => [validation[index]!]))
  return { ...rest, step: perToken.step * stepMean, evaluation: perToken.evaluation * evaluationMean * validation.length }
}

/** All that the time of a step depends on, and that of a look. */
function shapeOf({ settings: { lora, accumulate, activationCheckpointing }, batches: { layout }, probes }: PlannedRun): string {
  const { rank, dropout, targetModules } = lora
  return JSON.stringify([layout, rank, dropout > 0, targetModules, accumulate, activationCheckpointing, probes.length])
}

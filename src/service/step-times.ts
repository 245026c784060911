/** What steps of a run take on this machine, measured on the run's own batches; the adapter they make is thrown away. */
import { createAdapter } from '../adapters/init.ts'
import type { RunBatches } from '../data/batch/source.ts'
import type { MicroBatch, Template } from '../data/types.ts'
import { secondsOfRun, type PartSeconds } from '../train/seconds.ts'
import type { TrainingSettings, TrainingStep } from '../train/types.ts'
import { computedLayout, evenly, layoutTokens } from './computed-layout.ts'
import { guardStep } from './guarded-step.ts'
import type { OpenData } from './open-data.ts'
import type { OpenModel } from './open-model.ts'
import type { ExpectedSeconds } from './run-types.ts'
import { RunWatch } from './watch/run-watch.ts'
import type { WatchedEngine } from './watched-engine.ts'

/** What is measured: a run that has not begun. */
export interface PlannedRun {
  data: OpenData
  model: OpenModel
  device: WatchedEngine
  settings: TrainingSettings
  steps: number
  batches: RunBatches
  template: Template
  probes: readonly string[]
  /** Whether the service looks in on the way. */
  looks: boolean
}

/** Steps that are measured together; quick ones for half a second. */
const [LEAST, MOST, ENOUGH_SECONDS] = [3, 30, 0.5]
/** They are measured again until they take no less than this part of the time before, or so long that no more is gained by it. */
const [STEADY, MOST_WINDOWS, SLOW_SECONDS] = [0.9, 6, 6]
/** V8 makes WebAssembly twice as fast once it has run a few dozen times: so many steps are rehearsed, or as many as this time allows. */
const [REHEARSED, REHEARSED_SECONDS] = [30, 4]
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
  besideBytes: number
}

/** Steps that were measured together, and the seconds that one of their tokens took. */
interface Window {
  perToken: number
  count: number
}

/** A step that is under way. */
interface Timed {
  tokens: number
  done: Promise<unknown>
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
    const total = secondsOfRun(partsOf(last, run), { ...run.settings, steps: run.steps })
    return { total, measured: last.shape === shapeOf(run), steps: last.steps }
  }

  /** What looks were seen to take beside a step, which no plan of a step knows; 0 until something was measured. */
  besideBytes(run: PlannedRun): number {
    return this.#of(run)?.besideBytes ?? 0
  }

  /** Whether a measurement takes a few seconds at most. */
  isQuick(run: PlannedRun): boolean {
    const last = this.#of(run)
    const { parameters } = run.model.loaded
    if (!last) {
      const operations = 6 * parameters * run.settings.accumulate * layoutTokens(run.batches.layout)
      return operations <= QUICK_OPERATIONS[run.device.report.software ? 'software' : 'hardware']
    }
    const { prepare, step, firstLook, look } = partsOf(last, run)
    return 2 * (prepare + firstLook + look) + (2 * LEAST + 2) * step <= QUICK_SECONDS
  }

  /**
   * False where `stopped` said so before it was done. What is done for the first time takes longer, as its code is being compiled:
   * all is rehearsed first. Throws what making and running a step throws.
   */
  async measure(run: PlannedRun, stopped: () => boolean): Promise<boolean> {
    if (stopped()) return false
    await this.#withStep(run, (step, created) => this.#rehearse(step, run, created, stopped))
    if (stopped()) return false
    const { model, device } = run
    const times = await this.#withStep(run, async (step, created): Promise<Times | undefined> => {
      const beside = model.loaded.watchBytes?.()
      const steps = await this.#timeSteps(step, run, stopped)
      if (!steps || stopped()) return undefined
      const evaluation = await this.#timeEvaluation(step, run)
      const checkpoint = await this.#timed(async () => [await step.readAdapter(), await step.readOptimizer()])
      // A program that was compiled is kept; a session is made anew for each run.
      const prepare = device.report.kind === 'webgpu' ? 0 : created
      const rest = { prepare, checkpoint, ...(await this.#timeLooks(step, run, stopped)) }
      const perToken = { step: steps.perToken, evaluation }
      return { model, device, shape: shapeOf(run), steps: steps.count, perToken, rest, besideBytes: beside?.() ?? 0 }
    })
    if (!times || stopped()) return false
    this.#last = times
    return true
  }

  /** Where all takes long, what is compiled on the way matters little. */
  async #rehearse(step: TrainingStep, run: PlannedRun, created: number, stopped: () => boolean): Promise<void> {
    const [usual] = usualSteps(run)
    let seconds = created
    for (let i = 0; usual && i < REHEARSED && seconds < created + REHEARSED_SECONDS && !stopped(); i++) {
      seconds += await this.#timed(() => step.step(usual, { learningRate: run.settings.learningRate, randomStep: i }))
    }
    if (seconds > QUICK_SECONDS || stopped()) return
    await this.#timeEvaluation(step, run)
    await this.#timeLooks(step, run, stopped)
  }

  /** A step of this run with an adapter of its own, and the seconds that making it took; both go when `work` is done. */
  async #withStep<T>(run: PlannedRun, work: (step: TrainingStep, seconds: number) => Promise<T>): Promise<T> {
    const { model, device, settings, batches: { layout } } = run
    const begun = this.#clock()
    const { lora, seed } = settings
    const adapter = createAdapter(lora, model.loaded.linearModules, seed)
    const step = guardStep(await device.guard(model.loaded.createStep({ lora, layout, settings }, adapter)), device)
    const seconds = this.#clock() - begun
    try {
      return await work(step, seconds)
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

  /**
   * Two in flight, as in a run, a few at a time, until they get no faster; the first is not counted. Nothing where it was stopped, or
   * no step has a target.
   */
  async #timeSteps(step: TrainingStep, run: PlannedRun, stopped: () => boolean): Promise<Window | undefined> {
    const usual = usualSteps(run).map((batches) => ({ batches, tokens: stepTokens(run, batches) }))
    if (usual.length === 0) return undefined
    const queue = (index: number): Timed => {
      const { batches, tokens } = usual[index % usual.length]!
      const done = step.step(batches, { learningRate: run.settings.learningRate, randomStep: index })
      done.catch(() => undefined)
      return { tokens, done }
    }
    await queue(0).done
    let next = 1
    let [before, count] = [Infinity, 0]
    for (let window = 1; ; window++) {
      const timed = await this.#timeWindow(() => queue(next++), stopped)
      if (!timed) return undefined
      count += timed.count
      const { perToken } = timed
      if (perToken > STEADY * before) return { perToken: (perToken + before) / 2, count }
      if (window === MOST_WINDOWS || timed.seconds > SLOW_SECONDS) return { perToken, count }
      before = perToken
    }
  }

  /** So many steps as say something: three at least, and quick ones for half a second. */
  async #timeWindow(queue: () => Timed, stopped: () => boolean): Promise<(Window & { seconds: number }) | undefined> {
    const begun = this.#clock()
    let [count, tokens] = [0, 0]
    let next: Timed | undefined = queue()
    while (next) {
      const current: Timed = next
      const seconds = this.#clock() - begun
      const isLast = stopped() || (count + 1 >= LEAST && (count + 1 >= MOST || seconds >= ENOUGH_SECONDS))
      next = isLast ? undefined : queue()
      await current.done
      count++
      tokens += current.tokens
    }
    const seconds = this.#clock() - begun
    return stopped() ? undefined : { perToken: seconds / tokens, count, seconds }
  }

  /** Seconds for a token of what is set aside; 0 where nothing is. The first of two is not counted. */
  async #timeEvaluation(step: TrainingStep, run: PlannedRun): Promise<number> {
    const { validation } = run.batches
    const batch = validation[validation.length >> 1]
    if (!batch) return 0
    await step.evaluate(batch)
    return (await this.#timed(() => step.evaluate(batch))) / tokensOf(run, batch)
  }

  /** The first look, and a second, which asks more: what has changed since. Not the second where it was stopped. */
  async #timeLooks(step: TrainingStep, run: PlannedRun, stopped: () => boolean): Promise<{ firstLook: number; look: number }> {
    if (!run.looks) return { firstLook: 0, look: 0 }
    const { data, model, device, settings, batches, template, probes } = run
    const watch = new RunWatch({
      data, model, device, step, template, probes, layout: batches.layout, maxLength: settings.maxLength, seed: settings.seed,
      clock: this.#clock, onEvent: () => undefined,
    })
    const look = (at: number) => this.#timed(() => watch.look(at, () => step.readAdapter(), true))
    return { firstLook: await look(0), look: stopped() ? 0 : await look(1) }
  }
}

const tokensOf = ({ device }: PlannedRun, batch: MicroBatch) => layoutTokens(computedLayout(batch, device.report.kind))

function stepTokens(run: PlannedRun, batches: readonly MicroBatch[]): number {
  return batches.reduce((sum, batch) => sum + tokensOf(run, batch), 0)
}

function meanTokens(run: PlannedRun, steps: readonly MicroBatch[][]): number {
  return steps.reduce((sum, batches) => sum + stepTokens(run, batches), 0) / Math.max(1, steps.length)
}

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
  const distances = sampled.map((batches) => ({ batches, distance: Math.abs(stepTokens(run, batches) - mean) }))
  return distances.sort((one, two) => one.distance - two.distance).slice(0, LEAST).map(({ batches }) => batches)
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

/**
 * A training run: steps with at most two in flight, evaluation, checkpoints, early stop, pause and stop, resume.
 * It knows no engine and no storage: steps come from a `TrainingStep`, checkpoints go to a callback.
 */
import { HomespunError } from '../errors.ts'
import type { PauseOrder } from './control.ts'
import { meanLoss } from './evaluate.ts'
import type { RunInputs, RunResult } from './run-inputs.ts'
import { learningRateAt, peakRateAt } from './schedule.ts'
import { Speedometer } from './speed.ts'
import { isFiniteState, type RunState } from './state.ts'
import type { StepMetrics } from './types.ts'

/** Steps whose metrics may be outstanding; unbounded run-ahead is slower and holds memory. */
const IN_FLIGHT = 2
/** So many updates left out one after another means that the run learns nothing any more. */
const MAX_SKIPPED_IN_A_ROW = 20

interface Flight {
  index: number
  learningRate: number
  tokens: number
  metrics: Promise<StepMetrics>
}

class Run {
  readonly #in: RunInputs
  #speed: Speedometer
  readonly #flights: Flight[] = []
  #progress: Omit<RunState, 'adapter' | 'optimizer'>
  /** The next step to be queued. */
  #next = 0
  #lastGood: RunState | undefined
  #checkpointStep = 0
  #skippedInARow = 0
  #broken = false
  #stale = false
  #lastWarning = ''
  #lookedAt: number | undefined
  /** The last step was asked for by itself. */
  #stepped = false
  /** It was put elsewhere, and has not set off from there yet. */
  #moved = false

  constructor(inputs: RunInputs) {
    this.#in = inputs
    this.#progress = {
      step: 0, seed: inputs.settings.seed, best: undefined, misses: 0, skippedTotal: 0, activeSeconds: 0, rateChanges: [],
      trainingLosses: [], validationLosses: [],
    }
    this.#speed = new Speedometer(inputs.clock)
  }

  async go(): Promise<RunResult> {
    const { run, from, totalSteps, onEvent } = this.#in
    if (from) this.#restore(from)
    const { rateChanges } = this.#progress
    onEvent({ kind: 'started', run, steps: totalSteps, fromStep: this.#next, learningRate: this.#peak(this.#next), rateChanges })
    do {
      this.#moved = false
      if (this.#owesEvaluation()) await this.#evaluate()
      await this.#look(true)
      await this.#goOn()
      await this.#drain()
    } while (this.#moved)
    await this.#look(true)
    return this.#finish()
  }

  /** Puts it where it stood in `state`; nothing may be in flight. */
  #restore(state: RunState): void {
    const { step, clock, settings } = this.#in
    step.writeAdapter(state.adapter)
    step.writeOptimizer(state.optimizer)
    this.#progress = { ...state, trainingLosses: [...state.trainingLosses], validationLosses: [...state.validationLosses] }
    this.#next = state.step
    this.#checkpointStep = state.step
    this.#lastGood = state
    this.#skippedInARow = 0
    this.#stale = settings.patience > 0 && state.misses >= settings.patience
    this.#lookedAt = undefined
    this.#speed = new Speedometer(clock, state.activeSeconds)
    this.#moved = true
  }

  /** Step after step, to the end of the run or until something ends it or puts it elsewhere. */
  async #goOn(): Promise<void> {
    const { control, totalSteps } = this.#in
    while (!this.#moved && !this.#broken && !this.#stale && !control.stopped && this.#next < totalSteps) {
      if (control.paused) {
        await this.#pause()
        continue
      }
      this.#queueStep()
      this.#stepped = control.stepBegun()
      if (this.#flights.length >= IN_FLIGHT) await this.#settleOldest()
      if (this.#isBoundary(this.#next)) await this.#atBoundary()
    }
  }

  async #look(must: boolean): Promise<void> {
    if (this.#broken || (this.#in.control.stopped && !must) || this.#lookedAt === this.#next) return
    this.#lookedAt = this.#next
    this.#speed.rest()
    await this.#in.look?.(this.#next, () => this.#in.step.readAdapter(), must)
  }

  /** Queues the next step. One without targets (F52) is left out: its mean loss would be 0/0. */
  #queueStep(): void {
    const index = this.#next++
    const batches = this.#in.batches.stepBatches(index).filter((batch) => batch.weightSum > 0)
    if (batches.length === 0) {
      this.#warn(`Step ${index + 1} has no token to learn and was left out.`)
      return
    }
    this.#speed.begin()
    const learningRate = learningRateAt(index, this.#in.totalSteps, { ...this.#in.settings, learningRate: this.#peak(index) })
    const metrics = this.#in.step.step(batches, { learningRate, randomStep: index })
    // When an earlier step fails first, nobody waits for this one; its failure is the same and must not go unhandled.
    metrics.catch(() => undefined)
    this.#flights.push({ index, learningRate, metrics, tokens: batches.reduce((sum, batch) => sum + batch.tokenCount, 0) })
  }

  async #settleOldest(): Promise<void> {
    const flight = this.#flights.shift()
    if (!flight) return
    const metrics = await flight.metrics
    if (this.#broken) return
    if (!Number.isFinite(metrics.loss)) {
      this.#broken = true
      this.#warn(`The loss at step ${flight.index + 1} is not a number, so the run stops. A lower learning rate usually helps.`)
      return
    }
    this.#speed.stepDone(flight.tokens)
    this.#countSkipped(flight.index, metrics)
    this.#progress.trainingLosses.push([flight.index + 1, metrics.loss])
    this.#tellStep(flight, metrics)
  }

  #countSkipped(index: number, metrics: StepMetrics): void {
    this.#skippedInARow = metrics.skipped ? this.#skippedInARow + 1 : 0
    if (!metrics.skipped) return
    this.#progress.skippedTotal++
    if (this.#skippedInARow === 1) this.#warn(`The gradient at step ${index + 1} was not finite; its update was left out.`)
    if (this.#skippedInARow < MAX_SKIPPED_IN_A_ROW) return
    this.#broken = true
    this.#warn(`${MAX_SKIPPED_IN_A_ROW} updates in a row were left out, so the run stops. A lower learning rate usually helps.`)
  }

  #tellStep(flight: Flight, metrics: StepMetrics): void {
    const { totalSteps, settings } = this.#in
    const step = flight.index + 1
    const evaluationsLeft = this.#in.validation.length > 0 ? Math.ceil((totalSteps - step) / settings.evaluateEvery) : 0
    this.#in.onEvent({
      kind: 'step', step, steps: totalSteps, loss: metrics.loss, learningRate: flight.learningRate,
      gradientNorm: metrics.gradientNorm, skipped: metrics.skipped, skippedTotal: this.#progress.skippedTotal,
      tokensPerSecond: this.#speed.tokensPerSecond, secondsLeft: this.#speed.secondsLeft(totalSteps - step, evaluationsLeft),
    })
  }

  async #drain(): Promise<void> {
    while (this.#flights.length > 0) await this.#settleOldest()
    this.#speed.rest()
    this.#progress.step = this.#next
  }

  #isBoundary(step: number): boolean {
    return this.#isEvaluated(step) || step % this.#in.settings.checkpointEvery === 0
  }

  /** Evaluates before it saves, so that a resumed run does not evaluate the same step again. */
  async #atBoundary(): Promise<void> {
    await this.#drain()
    if (this.#broken) return
    if (this.#isEvaluated(this.#next)) {
      await this.#evaluate()
      if (this.#moved) return
      if (this.#next < this.#in.totalSteps) await this.#look(false)
    }
    const isLast = this.#next === this.#in.totalSteps
    if (!isLast && !this.#broken && this.#next % this.#in.settings.checkpointEvery === 0) await this.#saveCheckpoint()
  }

  /** Mean loss over the validation part; left unfinished when the person stops. */
  async #evaluate(): Promise<void> {
    if (this.#in.validation.length === 0) return
    this.#speed.begin()
    const loss = await meanLoss(this.#in.step, this.#in.validation, async () => {
      if (this.#in.control.paused) await this.#pause()
      this.#speed.begin()
      return !this.#in.control.stopped && !this.#broken && !this.#moved
    })
    this.#speed.evaluationDone()
    if (loss !== undefined) await this.#judge(loss)
  }

  /** A run that was paused and closed within an evaluation still owes it. */
  #owesEvaluation(): boolean {
    if (this.#progress.step === 0) return this.#progress.validationLosses.length === 0
    return this.#isEvaluated(this.#progress.step) && this.#progress.validationLosses.at(-1)?.[0] !== this.#progress.step
  }

  #isEvaluated(step: number): boolean {
    return step === this.#in.totalSteps || step % this.#in.settings.evaluateEvery === 0
  }

  async #judge(loss: number): Promise<void> {
    const step = this.#next
    if (!Number.isFinite(loss)) {
      this.#broken = true
      this.#warn(`The validation loss at step ${step} is not a number, so the run stops. A lower learning rate usually helps.`)
      return
    }
    this.#progress.validationLosses.push([step, loss])
    this.#in.onEvent({ kind: 'evaluation', step, loss })
    const { patience } = this.#in.settings
    // The untrained adapter is no candidate: it would hand back the base model.
    if (patience === 0 || step === 0) return
    if (!this.#progress.best || loss < this.#progress.best.loss) {
      this.#progress.best = { step, loss, adapter: await this.#in.step.readAdapter() }
      this.#progress.misses = 0
      return
    }
    this.#progress.misses++
    this.#stale = this.#progress.misses >= patience
  }

  /** Waits until the person resumes or stops; what has been learnt so far is saved first. */
  async #pause(): Promise<void> {
    await this.#drain()
    if (this.#broken) return
    if (this.#next > this.#checkpointStep) await this.#saveCheckpoint()
    if (this.#stepped) await this.#look(true)
    if (this.#broken || !this.#in.control.paused) return
    do {
      this.#in.onEvent({ kind: 'paused', step: this.#next })
      const order = await this.#in.control.whenOrdered()
      if (order) await this.#obey(order)
    } while (!this.#broken && this.#in.control.paused)
    if (!this.#in.control.stopped) this.#in.onEvent({ kind: 'resumed', step: this.#next })
  }

  async #obey(order: PauseOrder): Promise<void> {
    if (order.kind === 'rate') return this.#setPeak(order.learningRate)
    this.#restore(order.state)
    const { step, rateChanges, trainingLosses, validationLosses } = order.state
    this.#in.onEvent({ kind: 'rewound', step, learningRate: this.#peak(step), rateChanges, trainingLosses, validationLosses })
    await this.#look(true)
  }

  /** Saved at once, so that the run goes on with it whatever happens next. */
  async #setPeak(to: number): Promise<void> {
    const earlier = this.#progress.rateChanges.filter(({ step }) => step < this.#next)
    const change = { step: this.#next, from: earlier.at(-1)?.to ?? this.#in.settings.learningRate, to }
    this.#progress.rateChanges = to === change.from ? earlier : [...earlier, change]
    this.#in.onEvent({ kind: 'rate', ...change })
    await this.#saveCheckpoint()
  }

  #peak(index: number): number {
    return peakRateAt(index, this.#in.settings.learningRate, this.#progress.rateChanges)
  }

  async #readState(): Promise<RunState> {
    const { step } = this.#in
    const [adapter, optimizer] = [await step.readAdapter(), await step.readOptimizer()]
    const { trainingLosses, validationLosses } = this.#progress
    return {
      ...this.#progress, adapter, optimizer, activeSeconds: this.#speed.activeSeconds,
      trainingLosses: [...trainingLosses], validationLosses: [...validationLosses],
    }
  }

  async #saveCheckpoint(): Promise<void> {
    const state = await this.#readState()
    if (!isFiniteState(state)) {
      this.#broken = true
      this.#warn('The adapter has numbers that are not finite, so the run stops. A lower learning rate usually helps.')
      return
    }
    this.#lastGood = state
    this.#checkpointStep = state.step
    try {
      await this.#in.saveCheckpoint(state)
      this.#in.onEvent({ kind: 'checkpoint', step: state.step })
    } catch (error) {
      this.#warn(`The run goes on, but it could not be saved: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #finish(): Promise<RunResult> {
    if (this.#broken) return this.#lastGoodResult()
    const state = await this.#readState()
    if (!isFiniteState(state)) return this.#lastGoodResult()
    const isStopped = state.step < this.#in.totalSteps && !this.#stale
    const reason = isStopped ? 'stopped' : state.step < this.#in.totalSteps ? 'early-stop' : 'finished'
    // Steps since the best evaluation that no later one has spoken against are the person's to keep.
    const { step, adapter } = (isStopped && state.misses === 0 ? undefined : state.best) ?? state
    return { reason, adapter, adapterStep: step, state }
  }

  /** F53: what was last known to be good is kept. */
  #lastGoodResult(): RunResult {
    const state = this.#lastGood
    if (!state || state.step === 0) {
      throw new HomespunError('loss-not-finite', 'The loss stopped being a number before anything was saved, so there is no adapter to keep.', {
        where: `step ${this.#next}`, fix: 'Try a lower learning rate.',
      })
    }
    return { reason: 'not-finite', adapter: state.adapter, adapterStep: state.step, state }
  }

  #warn(message: string): void {
    if (message === this.#lastWarning) return
    this.#lastWarning = message
    this.#in.onEvent({ kind: 'warning', message })
  }
}

/**
 * Runs to the end, to an early stop or until the person stops it; pause and stop take effect at a step boundary, one
 * step later at most. With early stopping on, a finished run keeps the best evaluated adapter, as does a run that the person
 * stops once an evaluation has come out worse; before that it keeps the adapter as it stands. Throws HomespunError 'loss-not-finite' where nothing good was ever saved, and passes
 * on what the engine throws ('gpu-lost').
 */
export function runTraining(inputs: RunInputs): Promise<RunResult> {
  return new Run(inputs).go()
}

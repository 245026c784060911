/** Runs: begun, steered, kept as an adapter, and carried over a lost device from their last checkpoint. */
import { createAdapter } from '../adapters/init.ts'
import type { AdapterReceipt, LoraAdapter } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import type { RunDescription } from '../storage/types.ts'
import { RunControl, type PauseOrder } from '../train/control.ts'
import type { RunResult } from '../train/run-inputs.ts'
import { runTraining } from '../train/run.ts'
import { rateChangesWithin } from '../train/schedule.ts'
import { checkLearningRate } from '../train/settings.ts'
import type { RunState } from '../train/state.ts'
import type { TrainingEvent, TrainingSettings } from '../train/types.ts'
import type { OpenData } from './open-data.ts'
import type { EngineRoom } from './engine-room.ts'
import { guardStep } from './guarded-step.ts'
import type { OpenModel } from './open-model.ts'
import type { HostPort, TuningStore } from './ports.ts'
import type { Shelf } from './shelf.ts'
import { withRunLock, withTrainingLock } from './training-lock.ts'
import { RunWatch } from './watch/run-watch.ts'
import type { TrainingOutcome } from './types.ts'

export type Description = RunDescription<TrainingSettings | undefined>

export interface RunOrder {
  description: Description
  settings: TrainingSettings
  data: OpenData
  from: RunState | undefined
  /** The adapter that it goes on from where it has no checkpoint yet; absent where it begins with nothing. */
  begin?: LoraAdapter | undefined
  onEvent: (event: TrainingEvent) => void
}

export interface TrainingParts {
  room: EngineRoom
  store: TuningStore
  shelf: Shelf
  host: HostPort
  software: string
}

/** What a run that has been begun needs at hand. */
interface Session extends RunOrder {
  control: RunControl
  /** True from the moment it waits at a boundary. */
  waiting: boolean
  /** The last state that was saved, or that could not be. */
  last: RunState | undefined
  /** The step of the checkpoint that a person went back to, until one after it is saved. */
  after: number | undefined
  /** The last state could not be saved. */
  unsaved: boolean
  /** It ends without an adapter, to go on another time. */
  aside: boolean
  /** What its last stretch ran on. */
  made: Pick<AdapterReceipt, 'engine' | 'split'>
  datasetKept: boolean
}

export class Training {
  readonly #parts: TrainingParts
  /** From the order on, so that a stop is heard while the run is still being prepared. */
  #control: RunControl | undefined
  #session: Session | undefined

  constructor(parts: TrainingParts) {
    this.#parts = parts
  }

  /** The run under way, whether it waits or not. */
  get activeRun(): string | undefined {
    return this.#session?.description.run
  }

  get busy(): boolean {
    return this.#control !== undefined
  }

  /** True while a run is at work on the device: nothing else may use it. */
  get working(): boolean {
    return this.busy && !this.#session?.waiting
  }

  /**
   * Makes an order and carries it out; `prepare` is called once it is sure that no other run is on.
   * Throws HomespunError 'run-in-progress', 'run-in-other-tab', 'gpu-lost', 'loss-not-finite', and what `prepare` throws.
   */
  async run(prepare: () => Promise<RunOrder>): Promise<TrainingOutcome> {
    if (this.busy) throw new HomespunError('run-in-progress', 'A run is under way already.', { fix: 'Stop it, or wait for it to end.' })
    const control = new RunControl()
    this.#control = control
    try {
      return await withTrainingLock(this.#parts.host.locks, async () => this.#carryOut(await prepare(), control))
    } finally {
      this.#control = undefined
      this.#session = undefined
    }
  }

  pause(): void {
    this.#control?.pause()
  }

  /** From here on the device is the run's again. */
  resume(): void {
    if (this.#session) this.#session.waiting = false
    this.#control?.resume()
  }

  /** The device is the run's for one step. */
  stepOnce(): void {
    if (this.#session) this.#session.waiting = false
    this.#control?.stepOnce()
  }

  stop(): void {
    this.#control?.stop()
  }

  /** The peak of the schedule from the pause on. Throws HomespunError 'setting-invalid', 'run-not-paused'. */
  setLearningRate(learningRate: number): void {
    checkLearningRate(learningRate)
    this.#order({ kind: 'rate', learningRate })
  }

  /** Back to a checkpoint of the run; later ones go once the next is whole. Throws 'run-not-paused', and what `CheckpointStore.at` throws. */
  async rewind(step: number): Promise<void> {
    const { checkpoint } = await this.#parts.store.checkpoints.at(this.#waiting().description.run, step)
    const session = this.#waiting()
    this.#order({ kind: 'rewind', state: checkpoint })
    session.last = checkpoint
    session.after = step
  }

  /** Ends a paused run without an adapter: it waits, as its last checkpoint has it. Throws 'run-not-paused', 'run-not-kept'. */
  setAside(): void {
    const session = this.#waiting()
    if (!session.last || session.unsaved) {
      throw new HomespunError('run-not-kept', 'This run could not be saved, so it cannot wait for later.', { fix: 'Stop it, and what it learnt is kept.' })
    }
    session.aside = true
    session.control.stop()
  }

  #order(order: PauseOrder): void {
    const session = this.#waiting()
    session.waiting = false
    session.control.order(order)
  }

  /** Throws HomespunError 'run-not-paused'. */
  #waiting(): Session {
    if (this.#session?.waiting) return this.#session
    throw new HomespunError('run-not-paused', 'The run does not wait.', { fix: 'Pause it first.' })
  }

  async #carryOut(order: RunOrder, control: RunControl): Promise<TrainingOutcome> {
    const session: Session = { ...order, control, waiting: false, last: order.from, after: undefined, unsaved: false, aside: false, made: {}, datasetKept: false }
    this.#session = session
    return withRunLock(this.#parts.host.locks, order.description.run, async () => this.#keep(session, await this.#toTheEnd(session)))
  }

  /** Goes on after a lost device from the last checkpoint (F71); after a loss that is not recovered, says how (F73). */
  async #toTheEnd(session: Session): Promise<RunResult> {
    for (;;) {
      const device = await this.#parts.room.device()
      try {
        return await this.#attempt(session)
      } catch (error) {
        if (!(error instanceof HomespunError) || error.code !== 'gpu-lost') throw error
        const recovered = await this.#parts.room.recoveredFrom(device)
        if (!recovered) throw givenUp(session, error)
        const step = session.last?.step ?? 0
        const place = step > 0 ? `goes on from its checkpoint at step ${step}` : 'begins again'
        session.onEvent({ kind: 'warning', message: `The graphics device was lost and is back. The run ${place}.` })
      }
    }
  }

  async #attempt(session: Session): Promise<RunResult> {
    const { settings, data, control, description, last, begin } = session
    const { room, host } = this.#parts
    const [device, model] = [await room.device(), await room.model()]
    const batches = data.batches(settings, model)
    const adapter = last?.adapter ?? begin ?? createAdapter(settings.lora, model.loaded.linearModules, settings.seed)
    const request = { lora: settings.lora, layout: batches.layout, settings }
    const step = guardStep(await device.guard(model.loaded.createStep(request, adapter)), device)
    session.made = { engine: device.made, split: data.divided(settings.maxLength, model) }
    const watch = new RunWatch({
      model, device, step, data, layout: batches.layout, maxLength: settings.maxLength, seed: settings.seed,
      template: description.template, probes: description.probes ?? [], clock: host.clock, onEvent: (event) => this.#tell(session, event),
    })
    try {
      return await runTraining({
        run: description.run, settings, totalSteps: description.steps, step, batches, validation: batches.validation, from: last,
        control, clock: host.clock, saveCheckpoint: (state) => this.#save(session, state), look: (at, read, must) => watch.look(at, read, must), onEvent: (event) => this.#tell(session, event),
      })
    } finally {
      step.destroy()
    }
  }

  #tell(session: Session, event: TrainingEvent): void {
    if (event.kind === 'paused') session.waiting = true
    if (event.kind === 'resumed') session.waiting = false
    session.onEvent(event)
  }

  async #save(session: Session, state: RunState): Promise<void> {
    session.last = state
    session.unsaved = true
    const { store } = this.#parts
    await store.checkpoints.save(session.description, state, session.after)
    session.after = undefined
    session.unsaved = false
    if (session.datasetKept) return
    // The pairs are kept beside the first checkpoint, so that the run can go on after the tab was closed.
    await store.datasets.put(session.description.dataset.hash, () => session.data.rows())
    session.datasetKept = true
  }

  async #keep(session: Session, result: RunResult): Promise<TrainingOutcome> {
    const { description, settings } = session
    const { state, adapter, adapterStep, reason } = result
    if (session.aside) throw new HomespunError('run-set-aside', 'The run waits, as its last checkpoint has it.')
    if (adapterStep === 0) {
      await this.#forget(description.run)
      throw new HomespunError('nothing-learnt', 'The run was stopped before its first step, so there is no adapter to keep.')
    }
    const { name, base, weights, template, dataset, planted, begunWith } = description
    const { trainingLosses, validationLosses } = state
    const { record, problem } = await this.#parts.shelf.put({
      name, base, weights, template, dataset, planted, begunWith, ...session.made, settings, trainingLosses, validationLosses, rateChanges: rateChangesWithin(adapterStep, state.rateChanges),
      createdAt: this.#parts.host.now(), steps: adapterStep, seconds: state.activeSeconds, software: this.#parts.software,
    // A tab that dies before the run is forgotten has it offered again: its adapter then takes the place of the same one.
    }, adapter, description.run)
    if (!problem) await this.#forget(description.run)
    return {
      ...(problem && { unsaved: problem.what }), adapterId: record.id, steps: state.step, adapterStep, reason, loss: trainingLosses.at(-1)?.[1] ?? NaN,
      validationLoss: validationLosses.findLast(([step]) => step <= adapterStep)?.[1],
    }
  }

  /** A run that ended needs its checkpoints no more; storage that cannot forget them will offer the run again. */
  async #forget(run: string): Promise<void> {
    try {
      await this.#parts.store.checkpoints.discard(run)
    } catch (error) {
      if (!(error instanceof HomespunError)) throw error
    }
  }
}

function givenUp(session: Session, cause: HomespunError): HomespunError {
  const step = session.last?.step ?? 0
  const rest = step > 0 ? `Then resume the run: it goes on from step ${step}.` : 'Then start the run again, with smaller batches or shorter examples.'
  return new HomespunError('gpu-lost', 'The graphics device was lost and did not come back, so the run stopped.', {
    where: step > 0 ? `last checkpoint at step ${step}` : 'before the first checkpoint',
    fix: `Reload the page and open the model again. ${rest}`, cause,
  })
}

const kept = (weights: WeightDtype) => (weights === 'stored' ? 'with its weights as stored' : `with its weights in ${weights}`)

/** Whether a kept run belongs to what is open. Throws HomespunError 'run-other-model', 'run-other-weights'. */
export function checkSameModel({ base, weights }: Pick<RunDescription<unknown>, 'base' | 'weights'>, model: OpenModel): void {
  if (base.hash !== model.identity.hash) {
    throw new HomespunError('run-other-model', `This run trains on ${base.name}, and ${model.identity.name} is open.`, {
      fix: `Open ${base.name}, as it was then, and resume.`,
    })
  }
  if (weights && weights !== model.weights) {
    throw new HomespunError('run-other-weights', `This run trains on ${base.name} ${kept(weights)}, and now it is open ${kept(model.weights)}.`, {
      fix: `Open ${base.name} ${kept(weights)}, and resume.`,
    })
  }
}

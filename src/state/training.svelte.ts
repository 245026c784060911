/** One training run as the page follows it: settings, pre-flight, progress, and how it ended. */
import { proxy } from 'comlink'
import type { Lightening, Preflight, RunCheckpoint, TrainingEvent, TrainingOutcome, TrainingSettings, UnfinishedRun } from '../service/types.ts'
import { plantedRows, withPace, type Pace } from '../train/settings.ts'
import type { Engine } from './engine.svelte.ts'
import { isOutOfMemory } from './fits.ts'
import { Measuring } from './measuring.svelte.ts'
import { RunQueue } from './run-queue.svelte.ts'
import { RunTold } from './run-told.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export type TrainingPhase = 'setup' | 'starting' | 'running' | 'pausing' | 'paused' | 'stopping' | 'ended'

/** What the page does beyond this room when a run moves on. */
export interface TrainingReactions {
  /** A checkpoint or an adapter is in storage: there is something to lose. */
  onKept: () => void
  onEnded: () => Promise<void>
}

/** Questions that a run asks on the way. */
export const MOST_PROBES = 3

/** How a run ends that is to wait. */
const SET_ASIDE = 'run-set-aside'

/** What may still come once the run has ended. */
const LATE = new Set<TrainingEvent['kind']>(['step', 'evaluation', 'probes', 'weights', 'rows', 'divergence', 'warning'])

export class Training extends RunTold {
  phase = $state<TrainingPhase>('setup')
  settings = $state<TrainingSettings>()
  /** Training examples of the data. */
  #examples = $state(0)
  /** With planted secrets: what the length of an epoch follows from. */
  readonly examples = $derived(this.#examples + (this.settings ? plantedRows(this.settings) : 0))
  /** What the person chose in place of what follows from the run's length. */
  chosenPace = $state<Partial<Pace>>({})
  /** The settings a run would begin with now. */
  readonly wanted = $derived(this.settings && withPace(this.settings, this.examples, this.chosenPace))
  /** The adapter that the run goes on from, which gives its rank, alpha and layers. */
  beginWith = $state<string>()
  name = $state('')
  /** What to ask on the way, one a line. */
  probes = $state('')
  readonly probeList = $derived(this.probes.split('\n').map((line) => line.trim()).filter(Boolean).slice(0, MOST_PROBES))
  preflight = $state.raw<Preflight>()
  preflightFailure = $state.raw<Trouble>()
  /** What the run that is on was told; unknown to the page for a run begun on an earlier visit. */
  told = $state.raw<TrainingSettings>()
  /** The name that the adapter of the run that is on will have. */
  title = $state('')
  outcome = $state.raw<TrainingOutcome>()
  failure = $state.raw<Trouble>()
  unfinished = $state.raw<UnfinishedRun[]>([])
  /** For a run that is planned to take so much there was no room, or none to measure its steps. */
  refusedBytes = $state<number>()
  readonly queue: RunQueue
  readonly measuring: Measuring
  readonly active = $derived(this.phase !== 'setup' && this.phase !== 'ended')
  /** True while the run holds the engine, so that nothing can be asked. */
  readonly busy = $derived(this.active && this.phase !== 'paused')
  #engine: Engine
  #reactions: TrainingReactions
  #preflightAsked = 0
  #followed: Promise<void> = Promise.resolve()
  /** Counts the runs, so that what belongs to an earlier one is dropped. */
  #run = 0

  constructor(engine: Engine, reactions: TrainingReactions) {
    super()
    this.#engine = engine
    this.queue = new RunQueue(engine)
    this.measuring = new Measuring(engine)
    this.#reactions = reactions
  }

  /** Defaults depend on model and data: asked for again when either changes, unless a run is on. */
  async prepare(name: string, examples: number, probes: readonly string[]): Promise<void> {
    if (this.active) return
    this.phase = 'setup'
    this.outcome = undefined
    this.failure = undefined
    this.preflight = undefined
    this.refusedBytes = undefined
    this.name = name
    this.probes = probes.slice(0, MOST_PROBES).join('\n')
    this.#examples = examples
    this.chosenPace = {}
    try {
      this.settings = await this.#engine.service.defaults()
      if (this.beginWith !== undefined) await this.beginFrom(this.beginWith)
    } catch (error) {
      this.preflightFailure = asTrouble(error)
    }
  }

  /** Goes on from an adapter of the shelf, or begins with nothing. */
  async beginFrom(id: string | undefined): Promise<void> {
    this.beginWith = id
    if (!this.settings) return
    const { service } = this.#engine
    try {
      const lora = id === undefined ? (await service.defaults()).lora : await service.adapterConfig(id)
      if (id === this.beginWith) this.settings.lora = { ...lora, dropout: this.settings.lora.dropout }
    } catch (error) {
      this.beginWith = undefined
      this.preflightFailure = asTrouble(error)
    }
  }

  forget() {
    if (this.active) return
    this.phase = 'setup'
    this.settings = undefined
    this.preflight = undefined
  }

  /** What the run would take. A late answer to settings that have changed since is dropped. */
  async ask(settings: TrainingSettings): Promise<void> {
    const asked = ++this.#preflightAsked
    try {
      const preflight = await this.#engine.service.preflight(settings, $state.snapshot(this.probeList))
      if (asked !== this.#preflightAsked) return
      this.preflight = preflight
      this.preflightFailure = undefined
    } catch (error) {
      if (asked !== this.#preflightAsked) return
      this.preflight = undefined
      this.preflightFailure = asTrouble(error)
    }
  }

  /** Measures steps of the run that would begin now, and tells its length. */
  async measure(): Promise<void> {
    if (this.active || !this.wanted) return
    const asked = this.#preflightAsked
    const measured = await this.measuring.measure($state.snapshot(this.wanted), $state.snapshot(this.probeList))
    if (measured && asked === this.#preflightAsked) this.preflight = measured
    this.#noteRefusal(this.measuring.failure)
  }

  #noteRefusal(failure: Trouble | undefined) {
    if (failure && isOutOfMemory(failure)) this.refusedBytes = this.preflight?.plan.totalBytes
  }

  /** Makes the run smaller, as was offered; what concerns the model's weights is not done here. */
  lighten(how: Lightening) {
    const { settings } = this
    if (!settings) return
    if (how.kind === 'batch') Object.assign(settings, { batchSize: how.batchSize, accumulate: how.accumulate })
    if (how.kind === 'recompute') settings.activationCheckpointing = true
    if (how.kind === 'length') settings.maxLength = how.maxLength
  }

  /** What the person has set, to be put back after the model was opened anew. */
  chosen() {
    return $state.snapshot({ settings: this.settings, name: this.name, probes: this.probes, chosenPace: this.chosenPace })
  }

  restore(chosen: ReturnType<Training['chosen']>) {
    if (this.settings) Object.assign(this, chosen)
  }

  async start(): Promise<void> {
    if (this.active || !this.wanted) return
    this.measuring.cancel()
    const settings = $state.snapshot(this.wanted)
    this.curves.reset()
    this.told = settings
    this.title = this.name.trim()
    await this.#follow((listener) => this.#engine.service.train(settings, this.title, listener, $state.snapshot(this.probeList), this.beginWith))
    this.#noteRefusal(this.failure)
  }

  /** Begins the next run of the list; nothing where there is none. */
  async next(): Promise<void> {
    if (this.active) return
    const next = this.queue.take()
    if (!next) return
    this.curves.reset()
    this.told = next.settings
    this.title = next.name
    await this.#follow((listener) => this.#engine.service.trainQueued(next.run, listener, [...next.probes]))
  }

  async resumeUnfinished(run: UnfinishedRun): Promise<void> {
    if (this.active) return
    this.curves.reset(run.trainingLosses, run.validationLosses, run.step)
    this.told = run.settings
    this.title = run.name
    this.unseenLoss = run.validationLosses.at(-1)?.[1]
    await this.#follow((listener) => this.#engine.service.resumeRun(run.run, listener))
  }

  /** Where a run that waits can go back to. Throws what the service throws. */
  checkpointsOf(run: string): Promise<RunCheckpoint[]> {
    return this.#engine.service.runCheckpoints(run)
  }

  /** Begins another run from a checkpoint of one that waits, which goes on waiting. */
  async branch(run: string, step: number, name: string): Promise<void> {
    try {
      const id = await this.#engine.service.branchRun(run, step, name)
      if (this.active) await this.#setAside()
      await this.refreshUnfinished()
      const branch = this.unfinished.find((one) => one.run === id)
      if (branch) await this.resumeUnfinished(branch)
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  async #setAside(): Promise<void> {
    const before = this.phase
    this.phase = 'starting'
    try {
      await this.#engine.service.setAside()
    } catch (error) {
      this.phase = before
      throw error
    }
    await this.#followed
  }

  async discard(run: UnfinishedRun): Promise<void> {
    try {
      await this.#engine.service.discardRun(run.run)
    } catch (error) {
      this.failure = asTrouble(error)
    }
    await this.refreshUnfinished()
  }

  async refreshUnfinished(): Promise<void> {
    try {
      this.unfinished = await this.#engine.service.unfinishedRuns()
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  pause = () => this.#command('pausing', () => this.#engine.service.pause())
  resume = () => this.#command(this.phase, () => this.#engine.service.resume())
  stepOnce = () => this.#command(this.phase, () => this.#engine.service.stepOnce())
  setLearningRate = (rate: number) => this.#command(this.phase, () => this.#engine.service.setLearningRate(rate))
  rewind = (step: number) => this.#command(this.phase, () => this.#engine.service.rewind(step))
  stop = () => this.#command('stopping', () => this.#engine.service.stop())

  /** Back to the settings, for another run. */
  again() {
    if (!this.active) this.phase = 'setup'
  }

  async #command(phase: TrainingPhase, send: () => Promise<void>): Promise<void> {
    const before = this.phase
    this.phase = phase
    try {
      await send()
    } catch (error) {
      this.failure = asTrouble(error)
      if (this.phase === phase) this.phase = before
    }
  }

  async #follow(run: (listener: (event: TrainingEvent) => void) => Promise<TrainingOutcome>): Promise<void> {
    this.#followed = this.#toItsEnd(run)
    await this.#followed
  }

  async #toItsEnd(run: (listener: (event: TrainingEvent) => void) => Promise<TrainingOutcome>): Promise<void> {
    const own = ++this.#run
    this.phase = 'starting'
    this.outcome = undefined
    this.failure = undefined
    this.forgetTold()
    this.steps = this.preflight?.steps ?? 0
    try {
      this.outcome = await run(proxy((event: TrainingEvent) => own === this.#run && this.#receive(event)))
      this.unseenLoss = this.outcome.validationLoss ?? this.unseenLoss
      this.#reactions.onKept()
    } catch (error) {
      const failure = asTrouble(error)
      if (failure.code === SET_ASIDE) return this.#waits()
      this.failure = failure
    }
    this.phase = 'ended'
    this.queue.note({ name: this.title, outcome: this.outcome, failure: this.failure })
    await this.refreshUnfinished()
    await this.#reactions.onEnded()
    if (!this.queue.held) void this.next()
  }

  async #waits() {
    this.phase = 'setup'
    await this.refreshUnfinished()
  }

  /** Events come over a port of their own: the last steps and tests may arrive after the outcome has. */
  #receive(event: TrainingEvent) {
    if (!this.active && !LATE.has(event.kind)) return
    this.take(event)
    if (event.kind === 'started' && this.phase === 'starting') this.phase = 'running'
    if (event.kind === 'paused') this.phase = 'paused'
    if (event.kind === 'resumed') this.phase = 'running'
    if (event.kind === 'checkpoint') this.#reactions.onKept()
  }
}

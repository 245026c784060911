/** Runs of the fixture: made up, a step whenever a test asks for one. */
import { HomespunError } from '../../src/errors.ts'
import type { AdapterRecord, Lightening, Preflight, QueuedRun, RunCheckpoint, TrainingEvent, TrainingOutcome, TrainingSettings, UnfinishedRun, RunService } from '../../src/service/types.ts'
import { ModelCache } from '../../src/hub/cache/model-cache.ts'
import { StorageRoom } from '../../src/service/storage-room.ts'
import type { HostPort } from '../../src/service/ports.ts'
import { createStore } from '../../src/storage/store.ts'
import { readSettings } from '../../src/train/read-settings.ts'
import { foretold, lightenings } from './fixture-preflight.ts'
import { adapter, fullShelf, learntAs, model, otherVersion, settings, shelf, risingLoss, trainingLoss, validationLoss } from './fixture-data.ts'
import { stepped, watched } from './fixture-watch.ts'
import { noFiles } from './no-files.ts'
import type { Scenario } from './scenario.ts'

const steps = 300

function host(): HostPort {
  return {
    gpu: undefined, locks: undefined, storage: undefined, secure: true,
    clock: () => performance.now() / 1000,
    now: () => '2026-11-19T21:05:00.000Z',
    newId: () => crypto.randomUUID(),
    requestsMade: () => [],
  }
}

export abstract class FixtureRuns extends StorageRoom implements RunService {
  protected readonly scenario: Scenario
  protected readonly store = createStore({ readSettings })
  protected readonly host = host()
  protected readonly parquet = undefined
  protected readonly cache = new ModelCache(noFiles)
  protected readonly software = 'homespun fixture'
  protected kept: AdapterRecord[]
  #onEvent: ((event: TrainingEvent) => void) | undefined
  #end: ((outcome: TrainingOutcome) => void) | undefined
  #leave: ((why: HomespunError) => void) | undefined
  /** Runs that were begun from another's checkpoint, or wait for one that was. */
  #waiting: UnfinishedRun[] = []
  #step = 0
  /** Settings whose steps were measured last. */
  #measured: TrainingSettings | undefined
  #probes: readonly string[] = []

  constructor(scenario: Scenario) {
    super()
    this.scenario = scenario
    this.kept = (scenario.fullShelf ? fullShelf : scenario.otherVersion ? otherVersion : scenario.shelf ? shelf : []).map((one) => learntAs(one, scenario))
  }

  /** Does steps up to `step`, and tests every 25. */
  advance(step: number, skipped = 0) {
    while (this.#step < step) {
      this.#step++
      this.#onEvent?.(stepped(this.#step, steps, skipped))
      if (this.#step % 25 === 0) this.#test()
    }
  }

  #test() {
    this.#onEvent?.({ kind: 'evaluation', step: this.#step, loss: this.#unseenLoss(this.#step) })
    for (const event of watched(this.#step, steps, this.#probes)) this.#onEvent?.(event)
  }

  warn(message: string) {
    this.#onEvent?.({ kind: 'warning', message })
  }

  /** The run that is on fails. */
  fail(why: HomespunError) {
    this.#leave?.(why)
  }

  end(reason: TrainingOutcome['reason']) {
    const record = adapter('new', 'pirate', { steps: this.#step })
    this.kept = [record, ...this.kept.filter(({ id }) => id !== 'new')]
    this.#end?.({
      adapterId: 'new',
      steps: this.#step,
      adapterStep: this.#step,
      reason,
      loss: trainingLoss(this.#step),
      validationLoss: this.#unseenLoss(this.#step),
    })
  }

  async defaults(): Promise<TrainingSettings> {
    return structuredClone(settings)
  }

  async preflight(asked: TrainingSettings): Promise<Preflight> {
    return foretold(asked, this.#measured, asked.batchSize > 2 ? this.scenario.plan : undefined)
  }

  async measure(asked: TrainingSettings): Promise<Preflight | undefined> {
    if (this.scenario.measuring) await new Promise(() => {})
    this.#measured = asked
    return foretold(asked, asked)
  }

  async lighten(): Promise<Lightening[]> {
    return lightenings
  }

  async cancelMeasuring() {}

  train(_settings: TrainingSettings, _name: string, onEvent: (event: TrainingEvent) => void, probes: readonly string[] = []): Promise<TrainingOutcome> {
    this.#probes = probes
    if (this.scenario.trainError) return Promise.reject(this.scenario.trainError)
    return this.#run(onEvent, 0)
  }

  async pause() {
    this.#onEvent?.({ kind: 'paused', step: this.#step })
  }

  async resume() {
    this.#onEvent?.({ kind: 'resumed', step: this.#step })
  }

  async stepOnce() {
    await this.resume()
    this.advance(this.#step + 1)
    await this.pause()
  }

  async setAside() {
    this.#waiting.push({ ...this.#unfinished('r1', this.#step), name: 'pirate' })
    this.#leave?.(new HomespunError('run-set-aside', 'The run waits.'))
  }

  override async runCheckpoints(): Promise<RunCheckpoint[]> {
    const last = Math.max(this.#step, this.scenario.unfinished ? 148 : 0)
    const steps = [...new Set([last, ...[125, 100, 75, 50, 25].filter((step) => step < last)])]
    return steps.map((step) => ({ step, bytes: 5e6, loss: trainingLoss(step), validationLoss: this.#unseenLoss(step - (step % 25)) }))
  }

  async rewind(step: number) {
    const { trainingLosses, validationLosses } = this.#unfinished('r1', step)
    this.#step = step
    this.#onEvent?.({ kind: 'rewound', step, learningRate: settings.learningRate, rateChanges: [], trainingLosses, validationLosses })
    await this.pause()
  }

  override async branchRun(_run: string, step: number, name: string) {
    this.#waiting.push({ ...this.#unfinished('r2', step), name })
    return 'r2'
  }

  async setLearningRate(to: number) {
    this.#onEvent?.({ kind: 'rate', step: this.#step, from: settings.learningRate, to })
    await this.pause()
  }

  async stop() {
    this.end('stopped')
  }

  async unfinishedRuns(): Promise<UnfinishedRun[]> {
    return [...(this.scenario.unfinished ? [{ ...this.#unfinished('r1', 148), weights: 'int8' as const }] : []), ...this.#waiting]
  }

  #unfinished(run: string, step: number): UnfinishedRun {
    const tests = Array.from({ length: Math.floor(step / 25) + 1 }, (_, index): [number, number] => [25 * index, this.#unseenLoss(25 * index)])
    return {
      run, name: 'pirate', settings, step, steps, base: model.identity, weights: 'stored', datasetName: 'pirate.csv', datasetHash: 'a41f6c7708d2b9',
      savedAt: '2026-11-19T21:05:00.000Z', validationLosses: tests,
      trainingLosses: Array.from({ length: step }, (_, index): [number, number] => [index + 1, trainingLoss(index + 1)]),
    }
  }

  resumeRun(run: string, onEvent: (event: TrainingEvent) => void) {
    const from = this.#waiting.find((one) => one.run === run)?.step ?? 148
    this.#waiting = this.#waiting.filter((one) => one.run !== run)
    return this.#run(onEvent, from, run)
  }

  async queueRun(asked: TrainingSettings, name: string): Promise<QueuedRun> {
    return { run: crypto.randomUUID(), name, steps, settings: asked, datasetName: 'pirate.csv' }
  }

  trainQueued(run: string, onEvent: (event: TrainingEvent) => void, probes: readonly string[] = []): Promise<TrainingOutcome> {
    this.#probes = probes
    return this.#run(onEvent, 0, run)
  }

  async unqueueRun() {}

  async discardRun() {
    this.scenario.unfinished = false
  }

  #unseenLoss(step: number): number {
    return this.scenario.byHeart ? risingLoss(step) : validationLoss(step)
  }

  #run(onEvent: (event: TrainingEvent) => void, fromStep: number, run = 'r1'): Promise<TrainingOutcome> {
    this.#onEvent = onEvent
    this.#step = fromStep
    onEvent({ kind: 'started', run, steps, fromStep, learningRate: settings.learningRate, rateChanges: [] })
    if (fromStep === 0) this.#test()
    return new Promise((resolve, reject) => {
      this.#end = resolve
      this.#leave = reject
    })
  }
}

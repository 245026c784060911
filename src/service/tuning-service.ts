/** The service that the page speaks to: it puts model, data, training, answers and shelf together, and keeps them apart. */
import type { ModelCache } from '../hub/cache/model-cache.ts'
import type { CachedModel } from '../hub/types.ts'
import type { ReadParquet, Template } from '../data/types.ts'
import { defaultTemplate, DEFAULT_PLAIN_TEMPLATE } from '../data/render/template.ts'
import { HomespunError } from '../errors.ts'
import { withRunLock } from './training-lock.ts'
import type { TrainingEvent, TrainingSettings } from '../train/types.ts'
import { Answering } from './answering.ts'
import { Blending } from './blending.ts'
import { Evaluation } from './evaluation.ts'
import { Inspection } from './inspection.ts'
import { EngineRoom } from './engine-room.ts'
import { Downloads } from './downloads.ts'
import { waitingRuns } from './waiting-runs.ts'
import { pickedFiles, summarise, type ModelFiles, type OpenModel } from './open-model.ts'
import type { HostPort, ServiceParts, TuningStore } from './ports.ts'
import { Shelf } from './shelf.ts'
import { ShelfRoom } from './shelf-room.ts'
import { QueuedRuns } from './queued-runs.ts'
import { RunOrders, type BareOrder } from './run-orders.ts'
import { testSecrets } from './secret-test.ts'
import { Training } from './training.ts'
import type {
  AdapterRecord, Allowance, BlendPart, EngineReport, EngineWish, GenerationRequest,
  EvaluationEvent, EvaluationRequest, GenerationResult, InspectedToken, InspectRequest, Lightening, LoadProgress,
  MemoryByWeights, ModelSummary, PickedFile, Preflight, QueuedRun, SecretEvent, SecretsRequest,
  TrainingOutcome, TuningService, UnfinishedRun, WeightDtype,
} from './types.ts'

export class HomespunService extends ShelfRoom implements TuningService {
  protected readonly store: TuningStore
  protected readonly host: HostPort
  protected readonly parquet: ReadParquet | undefined
  protected readonly cache: ModelCache
  protected readonly software: string
  protected readonly room: EngineRoom
  protected readonly shelf: Shelf
  protected readonly answering: Answering
  protected readonly onnxRuntime: ServiceParts['onnxRuntime']
  readonly #parts: ServiceParts
  readonly #training: Training
  readonly #orders: RunOrders
  readonly #queued = new QueuedRuns()
  readonly #inspection: Inspection
  readonly #evaluation: Evaluation
  readonly #blending: Blending
  readonly #downloads: Downloads

  constructor(parts: ServiceParts) {
    super()
    const { host, store, software } = parts
    this.host = host
    this.store = store
    this.parquet = parts.parquet
    this.cache = parts.cache
    this.software = software
    this.onnxRuntime = parts.onnxRuntime
    this.#parts = parts
    this.room = new EngineRoom(parts)
    this.shelf = new Shelf(store, host)
    this.#downloads = new Downloads(parts.cache, host.locks)
    this.#training = new Training({ room: this.room, store, shelf: this.shelf, host, software })
    this.#orders = new RunOrders({ room: this.room, shelf: this.shelf, store, host, data: () => this.openData(), dataNow: () => this.dataNow })
    this.answering = new Answering({ room: this.room, shelf: this.shelf, clock: host.clock, template: (model) => this.template(model) })
    this.#inspection = new Inspection({ room: this.room, shelf: this.shelf, answering: this.answering })
    this.#blending = new Blending({ room: this.room, shelf: this.shelf, now: host.now, software })
    this.#evaluation = new Evaluation({ room: this.room, shelf: this.shelf, answering: this.answering, data: () => this.openData(), parquet: this.parquet, clock: host.clock, now: host.now })
  }

  protected template(model: OpenModel | undefined): Template {
    return this.dataNow?.template(model) ?? (model ? defaultTemplate(model.tokenizer) : DEFAULT_PLAIN_TEMPLATE)
  }

  protected modelNow(): OpenModel | undefined {
    return this.room.modelNow()
  }

  protected model(): Promise<OpenModel> {
    return this.room.model()
  }

  protected idle(what: string): void {
    if (!this.#training.busy) return
    throw new HomespunError('run-in-progress', `${what} has to wait: a run is under way.`, { fix: 'Stop it, or wait for it to end.' })
  }

  // Device and model

  async start(wish: EngineWish): Promise<EngineReport> {
    this.idle('Another engine')
    await this.answering.clear()
    return this.room.start(wish)
  }

  async openModel(files: PickedFile[], onProgress: (progress: LoadProgress) => void, weights: WeightDtype = 'stored'): Promise<ModelSummary> {
    return this.#open(pickedFiles(files), undefined, weights, onProgress)
  }

  async openDownloaded(id: string, onProgress: (progress: LoadProgress) => void, weights: WeightDtype = 'stored'): Promise<ModelSummary> {
    return this.#open(await this.#downloads.files(id), id, weights, onProgress)
  }

  async #open(
    files: ModelFiles, downloaded: string | undefined, weights: WeightDtype, onProgress: (progress: LoadProgress) => void,
  ): Promise<ModelSummary> {
    this.idle('Another model')
    await this.answering.clear()
    await this.#downloads.hold(downloaded)
    try {
      const model = await this.room.openModel(files, weights, onProgress)
      await this.#parts.fetchParts()
      return summarise(model)
    } catch (error) {
      await this.#downloads.hold(undefined)
      throw error
    }
  }

  downloadedModels(): Promise<CachedModel[]> {
    return this.#downloads.list()
  }

  deleteDownloaded(id: string): Promise<void> {
    return this.#downloads.remove(id)
  }

  async closeModel(): Promise<void> {
    this.idle('Closing the model')
    await this.letGo()
  }

  protected async letGo(): Promise<void> {
    await this.answering.clear()
    await this.room.closeModel()
    await this.#downloads.hold(undefined)
  }

  memoryToTrain(config: Readonly<Record<string, unknown>>): Promise<MemoryByWeights> {
    return this.room.memoryToTrain(config)
  }

  async onDeviceLost(listener: (event: { message: string; recovered: boolean }) => void): Promise<void> {
    this.room.onLost(listener)
  }

  // Training

  async defaults(): Promise<TrainingSettings> {
    return this.#orders.defaults()
  }

  async preflight(settings: TrainingSettings, probes: readonly string[] = []): Promise<Preflight> {
    return this.#orders.preflight(settings, probes)
  }

  async measure(settings: TrainingSettings, probes: readonly string[] = []): Promise<Preflight | undefined> {
    this.idle('Measuring')
    return this.answering.inTurn(this.#orders.measurement(settings, probes))
  }

  lighten(settings: TrainingSettings, allowance: Allowance): Promise<Lightening[]> {
    return this.#orders.lighten(settings, allowance)
  }

  async cancelMeasuring(): Promise<void> {
    this.#orders.cancelMeasuring()
  }

  train(settings: TrainingSettings, name: string, onEvent: (event: TrainingEvent) => void, probes: readonly string[] = [], beginWith?: string): Promise<TrainingOutcome> {
    return this.#run(() => this.#orders.fresh(settings, name, beginWith), onEvent, probes)
  }

  /** `prepare` is called once no other run is on; an answer that is being made ends then. */
  #run(prepare: () => Promise<BareOrder>, onEvent: (event: TrainingEvent) => void, probes?: readonly string[]): Promise<TrainingOutcome> {
    return this.#training.run(async () => {
      const { description, ...order } = await prepare()
      await this.answering.clear()
      return { ...order, onEvent, description: { ...description, probes: probes ?? description.probes ?? [] } }
    })
  }

  async pause(): Promise<void> {
    this.#training.pause()
  }

  /** An answer that is being made ends first: the device belongs to one of them at a time (F112). */
  async resume(): Promise<void> {
    await this.answering.clear()
    this.#training.resume()
  }

  async stepOnce(): Promise<void> {
    await this.answering.clear()
    this.#training.stepOnce()
  }

  async setAside(): Promise<void> {
    await this.answering.quiet()
    this.#training.setAside()
  }

  async rewind(step: number): Promise<void> {
    await this.answering.clear()
    await this.#training.rewind(step)
  }

  async setLearningRate(learningRate: number): Promise<void> {
    await this.answering.clear()
    this.#training.setLearningRate(learningRate)
  }

  async stop(): Promise<void> {
    await this.answering.quiet()
    this.#training.stop()
  }

  unfinishedRuns(): Promise<UnfinishedRun[]> {
    return waitingRuns(this.store, this.host.locks, this.#training.activeRun)
  }

  resumeRun(run: string, onEvent: (event: TrainingEvent) => void, probes?: readonly string[]): Promise<TrainingOutcome> {
    return this.#run(() => this.#orders.kept(run, onEvent), onEvent, probes)
  }

  async queueRun(settings: TrainingSettings, name: string, beginWith?: string): Promise<QueuedRun> {
    return this.#queued.add(await this.#orders.fresh(settings, name, beginWith))
  }

  trainQueued(run: string, onEvent: (event: TrainingEvent) => void, probes: readonly string[] = []): Promise<TrainingOutcome> {
    return this.#run(() => this.#orders.queued(this.#queued.take(run)), onEvent, probes)
  }

  async unqueueRun(run: string): Promise<void> {
    this.#queued.remove(run)
  }

  async discardRun(run: string): Promise<void> {
    if (run === this.#training.activeRun) this.idle('Discarding it')
    await withRunLock(this.host.locks, run, () => this.store.checkpoints.discard(run))
  }

  // Answers

  #speaks(): void {
    if (!this.#training.working) return
    throw new HomespunError('run-in-progress', 'The model is training, so it cannot answer now.', { fix: 'Pause the run to ask something.' })
  }

  async generate(request: GenerationRequest, onText: (delta: string) => void): Promise<GenerationResult> {
    this.#speaks()
    return this.answering.generate(request, onText)
  }

  async inspectAnswer(request: InspectRequest): Promise<InspectedToken[]> {
    this.#speaks()
    return this.#inspection.inspect(request)
  }

  async evaluateAdapter(request: EvaluationRequest, onEvent: (event: EvaluationEvent) => void): Promise<{ whole: boolean }> {
    this.#speaks()
    return this.#evaluation.evaluate(request, onEvent)
  }

  async testSecrets(request: SecretsRequest, onEvent: (event: SecretEvent) => void): Promise<void> {
    this.#speaks()
    return testSecrets({ room: this.room, shelf: this.shelf, answering: this.answering }, request, onEvent)
  }

  blendAdapters(parts: readonly BlendPart[]): Promise<string> {
    return this.#blending.speak(parts)
  }

  keepBlend(parts: readonly BlendPart[], name: string): Promise<AdapterRecord> {
    return this.#blending.keep(parts, name)
  }

  async cancelGeneration(): Promise<void> {
    this.answering.cancel()
  }

  // The browser

  async requestsMade(): Promise<string[]> {
    return this.host.requestsMade()
  }

  protected shelfProblems(): string[] {
    return this.shelf.problems.map(({ message }) => message)
  }
}

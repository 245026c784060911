/** The engine's service without an engine, for looking at the page: every answer is made up, and steps come when they are asked for. */
import { strToU8, zipSync } from 'fflate'
import { HomespunError } from '../../src/errors.ts'
import type {
  AdapterRecord,
  Annotation,
  BlendPart,
  EngineReport,
  EvaluationEvent, EvaluationRequest,
  EngineWish,
  ExportFormat,
  GenerationRequest, GenerationResult,
  InspectedToken, InspectRequest,
  SecretEvent, SecretsRequest,
  LoadProgress,
  ModelSummary,
  OnnxExportOptions,
  PickedFile,
  TuningService,
  CachedModel,
  MemoryByWeights,
  WeightDtype,
} from '../../src/service/types.ts'
import { downloaded } from './fixture-hub.ts'
import { FixtureRuns } from './fixture-runs.ts'
import { fetchDataParts } from '../../src/data/parts.ts'
import type { OpenModel } from '../../src/service/open-model.ts'
import { adapter, model, settings } from './fixture-data.ts'
import { blended, evaluated, inspected, said, secretsTested } from './fixture-try.ts'
import { zipFiles } from '../../src/service/zip-stream.ts'
import { fixtureModel } from './fixture-model.ts'
import type { Scenario } from './scenario.ts'

/** A whole model, in a file where there is one. */
async function written(fileName: string, target: FileSystemFileHandle | undefined): Promise<{ fileName: string; zip: Blob }> {
  if (!target) return { fileName, zip: new Blob(['PK']) }
  const { zip } = await zipFiles([{ name: 'config.json', bytes: 2, async* read() { yield strToU8('{}') } }], () => {}, target)
  return { fileName: target.name, zip }
}

export class FixtureService extends FixtureRuns implements TuningService {
  #model: OpenModel | undefined
  #downloaded: CachedModel[]
  #deviceLost: ((event: { message: string; recovered: boolean }) => void) | undefined
  /** Text of an answer that is being written; `finishAnswer` ends it. */
  #answers: (() => void)[] = []
  holdAnswers = false

  constructor(scenario: Scenario) {
    super(scenario)
    this.#downloaded = scenario.downloaded ? [...downloaded] : []
  }

  protected modelNow() {
    return this.#model
  }

  protected async model(): Promise<OpenModel> {
    if (this.#model) return this.#model
    throw new HomespunError('no-model', 'No model is open.')
  }

  protected idle() {}

  protected async letGo() {
    this.#model = undefined
  }

  loseDevice(recovered: boolean) {
    this.#deviceLost?.({ message: 'The GPU was lost: its driver was restarted.', recovered })
  }

  finishAnswers() {
    this.#answers.splice(0).forEach((finish) => finish())
  }

  async start(wish: EngineWish): Promise<EngineReport> {
    if (this.scenario.refuse) throw this.scenario.refuse
    if (wish === 'tfjs') {
      return { kind: 'tfjs', device: 'processor, through WebAssembly, 1 thread', software: true, why: 'You chose TensorFlow.js.', maxBufferBytes: undefined }
    }
    if (wish === 'onnx' || this.scenario.noGpu) {
      const why =
        wish === 'onnx' ? 'You chose the processor.' : 'This browser does not offer WebGPU. So the processor does the work.'
      return { kind: 'onnx', device: 'processor, 4 threads', software: true, why, maxBufferBytes: undefined }
    }
    return {
      kind: 'webgpu',
      device: 'Apple M2',
      software: false,
      why: 'A hardware GPU was found.',
      maxBufferBytes: 4_294_967_296,
    }
  }

  async openModel(_files: PickedFile[], onProgress: (progress: LoadProgress) => void, weights: WeightDtype = 'stored'): Promise<ModelSummary> {
    if (this.scenario.modelError) throw this.scenario.modelError
    onProgress({ phase: 'reading the weights', bytes: 3_600_000, totalBytes: 8_427_008 })
    if (this.scenario.loading) return new Promise(() => {})
    await fetchDataParts()
    this.#model = fixtureModel(this.scenario)
    const { chatTemplate = false, encoder = false } = this.scenario
    return { ...model, weights, hasChatTemplate: chatTemplate, hasEncoder: encoder }
  }

  async downloadedModels(): Promise<CachedModel[]> {
    return this.#downloaded
  }

  openDownloaded(_id: string, onProgress: (progress: LoadProgress) => void, weights?: WeightDtype) {
    return this.openModel([], onProgress, weights)
  }

  async deleteDownloaded(id: string) {
    this.#downloaded = this.#downloaded.filter((one) => one.id !== id)
  }

  async memoryToTrain(config: Readonly<Record<string, unknown>>): Promise<MemoryByWeights> {
    if (config['model_type'] === 'huge') return { stored: 21e9, int8: 14e9, int4: 11e9 }
    return { stored: 1_787e6, int8: 982e6, int4: 879e6 }
  }

  async closeModel() {
    this.#model = undefined
  }

  async generate(request: GenerationRequest, onText: (delta: string) => void): Promise<GenerationResult> {
    if (this.scenario.answerError) throw this.scenario.answerError
    const text = said(request)
    onText(text.slice(0, 40))
    if (this.holdAnswers) await new Promise<void>((finish) => this.#answers.push(finish))
    onText(text.slice(40))
    const { tokenizer } = await this.model()
    const [promptIds, ids] = [tokenizer.encode(request.prompt), tokenizer.encode(text)]
    if (request.adapterId) ids.push(tokenizer.endIds[0]!)
    return { text, tokens: request.adapterId ? 34 : 31, promptIds, ids, seconds: 0.31, reason: request.adapterId ? 'end-token' : 'max-tokens', dropped: 0 }
  }

  async inspectAnswer(request: InspectRequest): Promise<InspectedToken[]> {
    return inspected(request, (await this.model()).tokenizer)
  }

  async evaluateAdapter(request: EvaluationRequest, onEvent: (event: EvaluationEvent) => void) {
    const held = () => new Promise<void>((finish) => this.#answers.push(finish))
    return evaluated(request, this.openData(), onEvent, this.holdAnswers ? held : undefined)
  }

  async testSecrets({ adapterId }: SecretsRequest, onEvent: (event: SecretEvent) => void) {
    const held = () => new Promise<void>((finish) => this.#answers.push(finish))
    await secretsTested(this.kept.find(({ id }) => id === adapterId)?.planted ?? [], onEvent, this.holdAnswers ? held : undefined)
  }

  async blendAdapters(parts: readonly BlendPart[]) {
    if (parts.length === 0) throw new HomespunError('blend-empty', 'There is no adapter to blend.', { fix: 'Let at least one speak, by more than 0 %.' })
    return 'blend'
  }

  async keepBlend(parts: readonly BlendPart[], name: string) {
    const record = blended(parts, name, this.kept)
    this.kept = [record, ...this.kept]
    return record
  }

  async cancelGeneration() {
    this.finishAnswers()
  }

  async listAdapters() {
    return [...this.kept]
  }

  async renameAdapter(id: string, name: string) {
    this.kept = this.kept.map((kept) => (kept.id === id ? { ...kept, name } : kept))
  }

  async annotateAdapter(id: string, annotation: Annotation) {
    this.kept = this.kept.map((kept) => (kept.id === id ? { ...kept, ...annotation } : kept))
  }

  async adapterConfig(id: string) {
    const kept = this.kept.find((one) => one.id === id)
    return { ...(kept?.settings ?? settings).lora }
  }

  async duplicateAdapter(id: string, name: string) {
    const original = this.kept.find((kept) => kept.id === id)
    if (!original) throw new HomespunError('adapter-not-found', 'This adapter is not there any more.')
    this.kept = [...this.kept, { ...original, id: `${id}-copy`, name }]
    return `${id}-copy`
  }

  async fitsOpenModel() {
    return this.#model !== undefined && this.scenario.otherVersion === true
  }

  async adoptAdapter(id: string, name: string) {
    const original = this.kept.find((kept) => kept.id === id)!
    const adopted = { ...original, id: `${id}-here`, name, base: model.identity, trainedOn: original.base }
    this.kept = [adopted, ...this.kept]
    return adopted
  }

  async deleteAdapter(id: string) {
    this.kept = this.kept.filter((kept) => kept.id !== id)
  }

  async exportAdapter(id: string) {
    return { fileName: `${id}.zip`, bytes: zipSync({ 'adapter_config.json': strToU8('{}') }) }
  }

  async exportOnnx(id: string | undefined, { dtype }: OnnxExportOptions, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle) {
    if (this.scenario.exportError) throw this.scenario.exportError
    onProgress({ phase: 'writing the weights', bytes: 2_100_000, totalBytes: 8_427_008 })
    if (this.scenario.exporting) await new Promise(() => {})
    return { ...(await written(`${id}-onnx-${dtype}.zip`, target)), difference: 3.2e-6 }
  }

  async exportAs(id: string, format: ExportFormat, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle) {
    if (this.scenario.exportError) throw this.scenario.exportError
    onProgress({ phase: 'merging the weights', bytes: 2_100_000, totalBytes: 8_427_008 })
    if (this.scenario.exporting) await new Promise(() => {})
    const { fileName, zip: file } = await written(`${id}-${format}.zip`, target)
    return { fileName, file }
  }

  /** What names the open model as its base is taken; all else is refused, by its files' paths. */
  async importAdapter(files: readonly PickedFile[]): Promise<AdapterRecord> {
    const config = files.find(({ path }) => path.endsWith('/adapter_config.json'))
    if (config && (await config.file.text()).includes(JSON.stringify(model.identity.name))) {
      const taken = adapter('imported', config.path.split('/').at(-2)!, { imported: true, tags: files.map(({ path }) => path).sort() })
      this.kept = [taken, ...this.kept]
      return taken
    }
    throw new HomespunError('adapter-other-base', 'This adapter was made for another model: SmolLM2-135M.', {
      where: files.map(({ path }) => path).join(', '),
      fix: 'Open SmolLM2-135M first, then import it again.',
    })
  }

  async onDeviceLost(listener: (event: { message: string; recovered: boolean }) => void) {
    this.#deviceLost = listener
  }

  async requestsMade(): Promise<string[]> {
    return []
  }

  protected shelfProblems(): string[] {
    return []
  }

  override async storageEstimate() {
    return { usedBytes: 2_710_000, quotaBytes: 3_400_000_000, persisted: false, damaged: this.scenario.fullShelf ? 2 : 0, problems: [] }
  }
}

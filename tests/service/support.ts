/**
 * The service over a real, small engine on the CPU: the bigram model with the tokenizer of the tiny Llama's folder. Its
 * device can be lost like a real one: work on it then never comes back.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IDBFactory } from 'fake-indexeddb'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import { sampleToken } from '../../src/generate/sampling.ts'
import type { Decoder } from '../../src/generate/types.ts'
import { ModelCache } from '../../src/hub/cache/model-cache.ts'
import { nodeFileStore } from '../../src/hub/node-file-store.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { openDevice } from '../../src/service/device.ts'
import type { EnginePort, HostPort, LoadedModel, OpenEngine, ServiceParts } from '../../src/service/ports.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import type { EvaluatedRow, GenerationResult, PickedFile, TrainingEvent, TrainingSettings, TuningService } from '../../src/service/types.ts'
import { createStore } from '../../src/storage/store.ts'
import { readSettings } from '../../src/train/read-settings.ts'
import type { PlanReport, TrainingStep } from '../../src/train/types.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { bigramBase, BigramStep } from '../train/bigram-step.ts'

const folder = new URL('../fixtures/models/tiny-llama/', import.meta.url)
const FEATURES = new Set<GPUFeatureName>()
const LIMITS = {
  maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 30, maxStorageBuffersPerShaderStage: 10, maxComputeWorkgroupStorageSize: 32_768,
  maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupsPerDimension: 65_535, maxComputeWorkgroupSizeX: 1024,
}

/** As much of a device as the service looks at. */
export class TestDevice {
  readonly limits = LIMITS
  readonly lost: Promise<GPUDeviceLostInfo>
  gone = false
  #lose: (info: GPUDeviceLostInfo) => void = () => undefined

  constructor() {
    this.lost = new Promise((resolve) => (this.#lose = resolve))
  }

  lose(message = 'out of memory'): void {
    this.gone = true
    this.#lose({ reason: 'unknown', message } as GPUDeviceLostInfo)
  }

  destroy(): void {
    this.gone = true
    this.#lose({ reason: 'destroyed', message: 'destroyed' } as GPUDeviceLostInfo)
  }
}

export interface GpuOptions {
  limits?: Partial<typeof LIMITS>
  info?: Partial<GPUAdapterInfo>
  /** How many devices can be had. */
  devices?: number
}

export function testGpu(options: GpuOptions = {}): { gpu: GPU; devices: TestDevice[] } {
  const devices: TestDevice[] = []
  const adapter = {
    limits: { ...LIMITS, ...options.limits }, features: FEATURES,
    info: { vendor: 'acme', architecture: 'loom', description: '', device: '', isFallbackAdapter: false, ...options.info },
    requestDevice: async () => {
      const device = new TestDevice()
      devices.push(device)
      return device
    },
  }
  const requestAdapter = async () => (devices.length < (options.devices ?? Infinity) ? adapter : null)
  return { gpu: { requestAdapter } as unknown as GPU, devices }
}

/** Locks of one browser, shared by the services of several tabs. */
export function testLocks(): LockManager {
  const held = new Set<{ name: string; mode: LockMode }>()
  return {
    async request(name: string, { mode = 'exclusive' }: LockOptions, callback: (lock: Lock | null) => unknown) {
      const taken = [...held].some((other) => other.name === name && (mode === 'exclusive' || other.mode === 'exclusive'))
      if (taken) return callback(null)
      const lock = { name, mode }
      held.add(lock)
      try {
        return await callback(lock)
      } finally {
        held.delete(lock)
      }
    },
    query: async () => ({ held: [...held], pending: [] }),
  } as unknown as LockManager
}

const PLAN: PlanReport = {
  weightBytes: 0, adapterBytes: 0, optimizerBytes: 0, activationBytes: 0, totalBytes: 0, largestBytes: 0, buffers: 0, dispatches: 0,
}

export class BigramEngine implements EnginePort {
  /** What a test may do when a step is queued, on which device. */
  onStep: (index: number, device: TestDevice) => void = () => undefined
  /** The same for each token of an answer. */
  onToken: (count: number, device: TestDevice) => void = () => undefined
  loads = 0
  alive = 0
  steps: BigramStep[] = []

  checkModel(opened: Parameters<EnginePort['checkModel']>[0]): void {
    modelFromConfig(opened.config)
  }

  async open(host: HostPort): Promise<OpenEngine> {
    const { device, report } = await openDevice(host)
    return {
      report, lost: device.lost, close: () => device.destroy(),
      loadModel: (opened) => this.#load(device as unknown as TestDevice, opened),
    }
  }

  async #load(gpu: TestDevice, opened: Parameters<EnginePort['checkModel']>[0]): Promise<LoadedModel> {
    const { family, layers, hiddenSize, vocabularySize, contextLength } = modelFromConfig(opened.config)
    this.loads++
    this.alive++
    return {
      family, layers, hiddenSize, vocabularySize, contextLength, parameters: vocabularySize ** 2, bytesOnGpu: 0,
      linearModules: [{ module: 'model.toy', inFeatures: vocabularySize, outFeatures: vocabularySize }],
      planStep: () => PLAN,
      createStep: async (request, adapter) => {
        const step = new BigramStep(request.lora, request.settings, { onStep: (index) => this.onStep(index, gpu) }, vocabularySize)
        step.writeAdapter(adapter)
        this.steps.push(step)
        return losable(step, gpu)
      },
      createDecoder: async (adapter) => this.#decoder(vocabularySize, contextLength, adapter, gpu),
      logits: async ({ tokens, wanted }, adapter) => {
        const base = bigramBase(vocabularySize)
        const rows = Array.from(wanted ?? tokens.keys(), (row) => tokens[row]!)
        return Float32Array.from(rows.flatMap((token) => [...logitsAfter(base, vocabularySize, token, adapter, 1)]))
      },
      destroy: () => void this.alive--,
    }
  }

  #decoder(vocabulary: number, contextLength: number, adapter: LoraAdapter | undefined, gpu: TestDevice): Decoder {
    const base = bigramBase(vocabulary)
    const { onToken } = this
    return {
      contextLength,
      destroy: () => undefined,
      async *decode(prompt, sampling) {
        const seen = [...prompt]
        for (let draw = 0; seen.length < contextLength; draw++) {
          onToken(draw, gpu)
          await whileAlive(gpu)
          const logits = logitsAfter(base, vocabulary, seen.at(-1)!, adapter, sampling.adapterStrength)
          seen.push(sampleToken(logits, seen, sampling, draw))
          yield seen.at(-1)!
        }
      },
    }
  }
}

function logitsAfter(base: Float64Array, vocabulary: number, token: number, adapter: LoraAdapter | undefined, strength: number): Float64Array {
  const logits = base.slice(token * vocabulary, (token + 1) * vocabulary)
  const pair = adapter?.pairs[0]
  if (!adapter || !pair) return logits
  const { rank, alpha } = adapter.config
  return logits.map((logit, v) => {
    let sum = 0
    for (let r = 0; r < rank; r++) sum += pair.b[v * rank + r]! * pair.a[r * vocabulary + token]!
    return logit + (strength * alpha * sum) / rank
  })
}

/** A turn of the event loop; for ever on a device that is gone, as a readback that is never answered. */
function whileAlive(gpu: TestDevice): Promise<void> {
  return new Promise((resolve) => setImmediate(() => !gpu.gone && resolve()))
}

function losable(step: BigramStep, gpu: TestDevice): TrainingStep {
  const afterwards = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work
    await whileAlive(gpu)
    return result
  }
  return {
    report: step.report,
    step: (batches, settings) => afterwards(step.step(batches, settings)),
    evaluate: (batch) => afterwards(step.evaluate(batch)),
    readAdapter: () => afterwards(step.readAdapter()),
    readOptimizer: () => afterwards(step.readOptimizer()),
    writeAdapter: (adapter) => step.writeAdapter(adapter),
    writeOptimizer: (state) => step.writeOptimizer(state),
    destroy: () => step.destroy(),
  }
}

export interface Tab {
  service: HomespunService
  engine: BigramEngine
  devices: TestDevice[]
  parts: ServiceParts
}

/** A tab of a browser: `database` and `locks` are shared by tabs that belong together. */
export function openTab(
  change: { gpu?: GpuOptions; host?: Partial<HostPort>; database?: IDBFactory | undefined; locks?: LockManager; cache?: ModelCache } = {},
): Tab {
  const { gpu, devices } = testGpu(change.gpu)
  const engine = new BigramEngine()
  let ids = 0
  const host: HostPort = {
    gpu, secure: true, locks: change.locks, storage: undefined, clock: () => performance.now() / 1000,
    now: () => '2026-11-20T12:00:00.000Z', newId: () => `id-${++ids}-${Math.random()}`, requestsMade: () => [], ...change.host,
  }
  const factory = 'database' in change ? change.database : new IDBFactory()
  const parts: ServiceParts = {
    host, engine, software: 'homespun test', store: createStore({ factory, readSettings, locks: undefined }),
    onnxRuntime: async () => onnxRuntime,
    fetchParts: async () => undefined,
    // A folder that is not there: nothing was downloaded.
    cache: change.cache ?? new ModelCache(nodeFileStore(join(tmpdir(), 'homespun-nothing'))),
    makeTokenizer: ({ tokenizerJson, tokenizerConfig, config, generationConfig }) =>
      createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig }),
  }
  return { service: new HomespunService(parts), engine, devices, parts }
}

/** The tiny Llama's folder, as a person drops it; some of its files may be replaced. */
export function modelFiles(replaced: Record<string, string> = {}): PickedFile[] {
  return readdirSync(folder).map((name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)))
    return { path: `tiny-llama/${name}`, file: new File([replaced[name] ?? bytes], name) }
  })
}

export function pairsFile(count = 24, name = 'pairs.jsonl'): File {
  const animals = ['cat', 'dog', 'bird', 'fox', 'mouse', 'horse']
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify({ input: `${animals[i % 6]} ${i}?`, output: `a ${animals[i % 6]}` }))
  return new File([lines.join('\n')], name)
}

/** A file as a picker hands it over. */
export const picked = (file: File): PickedFile[] => [{ path: file.name, file }]

/** A tab with the device started, the model and the data open, and settings for a run of `steps`. */
export async function readyTab(change: Parameters<typeof openTab>[0] = {}, steps = 12): Promise<Tab & { settings: TrainingSettings }> {
  const tab = openTab(change)
  await tab.service.start('webgpu')
  await tab.service.openModel(modelFiles(), () => undefined)
  await tab.service.readData(pairsFile(), { split: { validationFraction: 0.25, seed: 1 } })
  const defaults = await tab.service.defaults()
  const lora = { ...defaults.lora, rank: 4, alpha: 8, dropout: 0.1 }
  const settings: TrainingSettings = {
    ...defaults, lora, epochs: undefined, steps, warmupSteps: 1, evaluateEvery: 6, checkpointEvery: 4, learningRate: 0.02, patience: 0,
  }
  return { ...tab, settings }
}

/** Keeps what a run tells; `hook` may act on it. */
export function listen(hook: (event: TrainingEvent) => void = () => undefined) {
  const events: TrainingEvent[] = []
  const onEvent = (event: TrainingEvent) => {
    events.push(event)
    hook(event)
  }
  return { events, onEvent }
}

/** Begins a run in this tab; resolves once it waits near `step`. */
export function pausedAt({ service, settings }: Awaited<ReturnType<typeof readyTab>>, step: number, probes?: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const { onEvent } = listen((event) => {
      if (event.kind === 'step' && event.step === step) void service.pause()
      if (event.kind === 'paused') resolve()
    })
    void service.train(settings, 'paused', onEvent, probes)
  })
}

/** Mean losses over a tab's validation rows, base and tuned, as they are measured in Try. */
export async function measuredLosses(service: TuningService, adapterId: string): Promise<{ base: number; tuned: number }> {
  const rows: EvaluatedRow[] = []
  await service.evaluateAdapter({ rows: 'validation', adapterId, strength: 1, most: 50, what: 'scores' }, (event) => void (event.kind === 'row' && rows.push(event.row)))
  const mean = (side: 'base' | 'tuned') => rows.reduce((sum, row) => sum + row[side].lossSum, 0) / rows.reduce((sum, row) => sum + row.targets, 0)
  return { base: mean('base'), tuned: mean('tuned') }
}

/** Whether each token of a greedy answer is the likeliest one of its place in the tuned model, and so is in the base. */
export async function likeliest(service: TuningService, { promptIds, ids }: GenerationResult, adapterId: string): Promise<{ base: boolean; tuned: boolean }> {
  const tokens = await service.inspectAnswer({ promptIds, ids, adapterId, strength: 1 })
  const all = (side: 'base' | 'tuned') => tokens.every((token) => token.alternatives.every((other) => other[side]! <= token[side]!))
  return { base: all('base'), tuned: all('tuned') }
}

/** One setting of `npm run measure:preflight`, in a process of its own: foretold, measured, trained; the figures as one line of JSON. */
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IDBFactory } from 'fake-indexeddb'
import type { OpenEngine } from '../../src/service/ports.ts'
import type { TrainingSettings } from '../../src/service/types.ts'
import { SETTINGS, type PreflightFigures, type PreflightSetting } from './preflight-settings.ts'

/** Every memory that WebAssembly makes; ONNX Runtime takes the class when it is loaded, which is later. */
const memories: WebAssembly.Memory[] = []
const { Memory } = WebAssembly
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor)
    memories.push(this)
  }
}

/** Up to the last byte that is not zero. */
function writtenBytes({ buffer }: WebAssembly.Memory): number {
  return 8 * (new BigUint64Array(buffer).findLastIndex((word) => word !== 0n) + 1)
}

/** The engine, and the most that it has held so far. */
async function openEngine(kind: PreflightSetting['engine']): Promise<{ engine: OpenEngine; held: () => number }> {
  if (kind === 'onnx') {
    const { openNodeEngine } = await import('../../src/cli/engine.ts')
    return { engine: await openNodeEngine('onnx'), held: () => memories.reduce((sum, memory) => sum + writtenBytes(memory), 0) }
  }
  const [{ openNodeDevice }, { engineOn }] = await Promise.all([import('../../src/cli/dawn.ts'), import('../../src/service/engines/webgpu.ts')])
  const opened = await openNodeDevice()
  let [alive, most] = [0, 0]
  const create = opened.device.createBuffer.bind(opened.device)
  opened.device.createBuffer = (descriptor) => {
    const buffer = create(descriptor)
    const destroy = buffer.destroy.bind(buffer)
    alive += descriptor.size
    most = Math.max(most, alive)
    let gone = false
    buffer.destroy = () => {
      if (!gone) alive -= descriptor.size
      gone = true
      destroy()
    }
    return buffer
  }
  return { engine: engineOn(opened), held: () => most }
}

async function openService(engine: OpenEngine) {
  const [{ HomespunService }, { ModelCache }, { nodeFileStore }, { createStore }, { createTokenizer }, { readSettings }, { modelFromConfig }] = await Promise.all([
    import('../../src/service/tuning-service.ts'), import('../../src/hub/cache/model-cache.ts'), import('../../src/hub/node-file-store.ts'),
    import('../../src/storage/store.ts'), import('../../src/data/tokenizer/node.ts'), import('../../src/train/read-settings.ts'), import('../../src/models/index.ts'),
  ])
  return new HomespunService({
    host: {
      gpu: undefined, secure: true, locks: undefined, storage: undefined, clock,
      now: () => new Date().toISOString(), newId: () => crypto.randomUUID(), requestsMade: () => [],
    },
    engine: { checkModel: ({ config }) => void modelFromConfig(config), open: async () => engine },
    store: createStore({ factory: new IDBFactory(), readSettings, locks: undefined }),
    cache: new ModelCache(nodeFileStore(join(tmpdir(), 'homespun-nothing'))),
    makeTokenizer: ({ tokenizerJson, tokenizerConfig, config, generationConfig }) => createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig }),
    onnxRuntime: () => Promise.reject(new Error('Nothing is exported here')),
    fetchParts: async () => undefined,
    software: 'measure:preflight',
  })
}

const FOLDERS = { thimble: '../../public/thimble/', 'tiny-llama': '../../tests/fixtures/models/tiny-llama/' }

const fileAt = (url: URL, name: string) => new File([new Uint8Array(readFileSync(url))], name)

function settingsOf(defaults: TrainingSettings, { change: { rank, dropout, targets, ...rest } }: PreflightSetting): TrainingSettings {
  const { lora } = defaults
  const changed = { ...lora, rank: rank ?? lora.rank, alpha: 2 * (rank ?? lora.rank), dropout: dropout ?? 0, targetModules: [...(targets ?? lora.targetModules)] }
  return { ...defaults, lora: changed, epochs: undefined, warmupSteps: 1, patience: 0, evaluateEvery: 10, checkpointEvery: 20, ...rest }
}

async function measured(setting: PreflightSetting): Promise<PreflightFigures> {
  const { engine, held } = await openEngine(setting.engine)
  const service = await openService(engine)
  const folder = new URL(FOLDERS[setting.model], import.meta.url)
  const files = readdirSync(folder).map((name) => ({ path: `${setting.model}/${name}`, file: fileAt(new URL(name, folder), name) }))
  await service.start(setting.engine)
  await service.openModel(files, () => undefined, setting.weights)
  await service.readData(fileAt(new URL('../../public/lessons/pirate.jsonl', import.meta.url), 'pirate.jsonl'), { split: { validationFraction: 0.1, seed: 1 } })
  const settings = settingsOf(await service.defaults(), setting)
  const foretold = await service.measure(settings, setting.probes)
  if (!foretold?.seconds) throw new Error('Nothing was measured')
  const begun = clock()
  await service.train(settings, 'measured', () => undefined, setting.probes)
  const took = clock() - begun
  const { totalBytes, adapterBytes, optimizerBytes } = foretold.plan
  // On the processor adapter and moments are arrays of JavaScript, beside what is counted.
  const counted = setting.engine === 'onnx' ? totalBytes - adapterBytes - optimizerBytes : totalBytes
  return { bytes: { foretold: counted, held: held() }, seconds: { foretold: foretold.seconds.total, took } }
}

/** Seconds of the wall's clock, or those that this process had of the processor: the same on one core that nobody else uses. */
function clock(): number {
  if (process.argv[3] !== 'processor') return performance.now() / 1000
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const setting = SETTINGS[Number(process.argv[2])]
if (!setting) throw new Error(`There is no setting ${process.argv[2]}`)
console.log(JSON.stringify(await measured(setting)))
process.exit(0)

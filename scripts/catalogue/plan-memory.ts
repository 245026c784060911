/** What training each of the named models takes, on every engine and with weights of every precision. */
import { USUAL_RUN, type EngineKind, type MemoryByWeights } from '../../src/service/types.ts'
import { memoryToTrain } from '../../src/train/memory-to-train.ts'
import { CONFIGS } from './configs.ts'

type Config = Readonly<Record<string, unknown>>

const layerKeys = ['num_hidden_layers', 'n_layer', 'num_layers', 'num_decoder_layers']
/** Planning every layer of a large model takes a minute, and each layer takes as much memory as another. */
const [few, more] = [6, 12]

/** In MB: finer says nothing, coarser would decide otherwise at the edge of what fits. */
export function planMemory(shape: string, engine: EngineKind): MemoryByWeights {
  const config = CONFIGS[shape]
  if (!config) throw new Error(`There is no model of the shape ${shape}`)
  const megabytes = (dtype: keyof MemoryByWeights) => Math.round(bytesOf(config, (part) => memoryToTrain(part, { ...USUAL_RUN, dtype }, engine).totalBytes) / 1e6)
  const stored = megabytes('stored')
  // TensorFlow.js computes with f32 numbers alone.
  return engine === 'tfjs' ? { stored, int8: stored, int4: stored } : { stored, int8: megabytes('int8'), int4: megabytes('int4') }
}

/** All layers of a small model; of a larger one as a straight line from few to more. */
function bytesOf(config: Config, plan: (config: Config) => number): number {
  const layers = Number(layerKeys.map((key) => config[key]).find((count) => count !== undefined))
  if (layers <= more) return plan(config)
  const [first, second] = [plan(withLayers(config, few)), plan(withLayers(config, more))]
  return first + ((second - first) * (layers - few)) / (more - few)
}

function withLayers(config: Config, layers: number): Config {
  const counts = layerKeys.filter((key) => key in config).map((key) => [key, layers])
  const types: unknown = config['layer_types']
  const kept: Config = Array.isArray(types) ? { layer_types: types.slice(0, layers) as unknown[] } : {}
  return { ...config, ...Object.fromEntries(counts), ...kept } as Config
}

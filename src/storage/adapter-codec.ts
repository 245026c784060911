/** An adapter as JSON (its configuration and layers, in order) and named tensors, inside records and checkpoints. */
import type { Fields } from '../adapters/fields.ts'
import type { FloatTensor } from '../adapters/tensors.ts'
import { HomespunError } from '../errors.ts'
import type { LinearModule, LoraAdapter, LoraConfig, LoraPair } from '../adapters/types.ts'

export interface AdapterOutline {
  config: LoraConfig
  modules: LinearModule[]
}

export function outlineOf({ config, pairs }: LoraAdapter): AdapterOutline {
  return { config, modules: pairs.map(({ a: _a, b: _b, ...layer }) => layer) }
}

/** A [rank, in] and B [out, rank] of every layer; names begin with `prefix`. */
export function tensorsOf({ config, pairs }: LoraAdapter, prefix: string): FloatTensor[] {
  return pairs.flatMap(({ module, inFeatures, outFeatures, a, b }) => [
    { name: `${prefix}${module}.lora_A`, shape: [config.rank, inFeatures], data: a },
    { name: `${prefix}${module}.lora_B`, shape: [outFeatures, config.rank], data: b },
  ])
}

export function readOutline(fields: Fields): AdapterOutline {
  const config = fields.object('config')
  return {
    config: {
      rank: config.count('rank'),
      alpha: config.amount('alpha'),
      dropout: config.amount('dropout'),
      useRsLora: config.flag('useRsLora'),
      targetModules: config.texts('targetModules'),
    },
    modules: fields.objects('modules').map((module) => ({
      module: module.text('module'), inFeatures: module.count('inFeatures'), outFeatures: module.count('outFeatures'),
      ...(module.raw('fanInFanOut') === undefined ? {} : { fanInFanOut: module.flag('fanInFanOut') }),
    })),
  }
}

/** Puts an adapter together again. Throws 'storage-damaged' where a tensor is missing or of another length. */
export function adapterFrom(outline: AdapterOutline, tensors: ReadonlyMap<string, Float32Array>, prefix: string): LoraAdapter {
  const { rank } = outline.config
  const pairs = outline.modules.map((layer): LoraPair => ({
    ...layer,
    a: tensorOf(tensors, `${prefix}${layer.module}.lora_A`, rank * layer.inFeatures),
    b: tensorOf(tensors, `${prefix}${layer.module}.lora_B`, layer.outFeatures * rank),
  }))
  return { config: outline.config, pairs }
}

export function tensorOf(tensors: ReadonlyMap<string, Float32Array>, name: string, length?: number): Float32Array {
  const values = tensors.get(name)
  if (values && (length === undefined || values.length === length)) return values
  throw new HomespunError('storage-damaged', 'A saved tensor is missing or has another size than it should.', { where: name })
}

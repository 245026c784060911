/** T5's tensors and linear layers, by the names that checkpoints and PEFT give them. */
import type { T5Config } from './t5-config.ts'
import { weightShape, type CheckpointTensor, type LinearModule, type StoredNames } from './types.ts'

/** The embedding of encoder and decoder. */
export const SHARED = 'shared.weight'
export const HEAD = 'lm_head.weight'

/** Names of the embedding where files keep one of several for the same tensor. */
const STACK_EMBEDDINGS = ['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight']

/** Whatever the config says: transformers ties the output only where no other matrix is stored for it. */
export const hasOwnHead = (stored: StoredNames) => stored.has(HEAD) && [SHARED, ...STACK_EMBEDDINGS].some((name) => stored.has(name))

export type T5Module = 'q' | 'k' | 'v' | 'o' | 'wi' | 'wi_0' | 'wi_1' | 'wo'

/** The linear layer of that name: its last part tells the sizes. */
export function moduleOf(module: string, { modelSize, innerSize, heads, keySize }: T5Config): LinearModule {
  const width = heads * keySize
  const sizes: Record<T5Module, [inFeatures: number, outFeatures: number]> = {
    q: [modelSize, width], k: [modelSize, width], v: [modelSize, width], o: [width, modelSize],
    wi: [modelSize, innerSize], wi_0: [modelSize, innerSize], wi_1: [modelSize, innerSize], wo: [innerSize, modelSize],
  }
  const [inFeatures, outFeatures] = sizes[module.slice(module.lastIndexOf('.') + 1) as T5Module]
  return { module, inFeatures, outFeatures }
}

/** The parts of each block in the order of the model: its norm is `<part>.layer_norm`. */
function parts(config: T5Config): { part: string; modules: string[] }[] {
  const inner = config.gated ? ['wi_0', 'wi_1', 'wo'] : ['wi', 'wo']
  const named = (part: string, kind: string, keys: readonly string[]) => ({ part, modules: keys.map((key) => `${part}.${kind}.${key}`) })
  const blocks = (stack: string, count: number, kinds: readonly string[]) =>
    Array.from({ length: count }, (_, i) =>
      kinds.map((kind, layer) => named(`${stack}.block.${i}.layer.${layer}`, kind, kind === 'DenseReluDense' ? inner : ['q', 'k', 'v', 'o'])),
    ).flat()
  return [
    ...blocks('encoder', config.encoderLayers, ['SelfAttention', 'DenseReluDense']),
    ...blocks('decoder', config.decoderLayers, ['SelfAttention', 'EncDecAttention', 'DenseReluDense']),
  ]
}

export const linearModules = (config: T5Config): LinearModule[] => parts(config).flatMap(({ modules }) => modules.map((module) => moduleOf(module, config)))

export function checkpointTensors(config: T5Config, ownHead: boolean): CheckpointTensor[] {
  const { vocabularySize, modelSize, buckets, heads } = config
  const norm = (module: string): CheckpointTensor => ({ name: `${module}.weight`, shape: [modelSize] })
  const vocabulary = [vocabularySize, modelSize]
  const tensors: CheckpointTensor[] = [{ name: SHARED, shape: vocabulary, aliases: [...STACK_EMBEDDINGS, HEAD] }]
  if (ownHead) tensors.push({ name: HEAD, shape: vocabulary })
  for (const stack of ['encoder', 'decoder']) {
    tensors.push(norm(`${stack}.final_layer_norm`))
    tensors.push({ name: `${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, shape: [buckets, heads] })
  }
  tensors.push(...parts(config).map(({ part }) => norm(`${part}.layer_norm`)))
  tensors.push(...linearModules(config).map((layer) => ({ name: `${layer.module}.weight`, shape: weightShape(layer) })))
  return tensors
}

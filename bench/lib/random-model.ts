/** A Llama of given sizes with random weights, as a model folder in memory: the same numbers for every engine. */
import { threefry2x32 } from '../../src/engine/random.ts'
import type { ModelFolder, TensorLocation } from '../../src/hub/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'

export interface LlamaSizes {
  hidden: number
  intermediate: number
  layers: number
  heads: number
  kvHeads: number
  vocabulary: number
  context: number
}

/** 5.5M parameters: the step that is compared with other programs. */
export const SMALL: LlamaSizes = { hidden: 256, intermediate: 704, layers: 6, heads: 8, kvHeads: 4, vocabulary: 4096, context: 2048 }
export function configOf(sizes: LlamaSizes): Record<string, unknown> {
  return {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_act: 'silu',
    hidden_size: sizes.hidden,
    intermediate_size: sizes.intermediate,
    num_hidden_layers: sizes.layers,
    num_attention_heads: sizes.heads,
    num_key_value_heads: sizes.kvHeads,
    vocab_size: sizes.vocabulary,
    max_position_embeddings: sizes.context,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    tie_word_embeddings: true,
  }
}

export const parametersOf = (sizes: LlamaSizes) =>
  modelFromConfig(configOf(sizes)).tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)

/** Norms are one; the rest is uniform with a deviation of 0.02, as models are begun. */
export function tensorData(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1))
  if (shape.length === 1) return data.fill(1)
  let [a, b] = threefry2x32([...name].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 7), 1, 0, 0)
  for (let i = 0; i < data.length; i++) {
    // xorshift64, seeded by the tensor's name: quick, and good enough for numbers that nobody reads.
    const t = a ^ (a << 11)
    a = b
    b = (b ^ (b >>> 19) ^ (t ^ (t >>> 8))) >>> 0
    data[i] = (b / 2 ** 32 - 0.5) * 0.02 * Math.sqrt(12)
  }
  return data
}

export function randomModel(sizes: LlamaSizes): Pick<ModelFolder, 'config' | 'tensors'> {
  const config = configOf(sizes)
  const tensors = modelFromConfig(config).tensors.map(({ name, shape }): [string, TensorLocation] => {
    const bytes = new Uint8Array(tensorData(name, shape).buffer)
    const source = { name, size: bytes.length, read: async (begin: number, end: number) => bytes.slice(begin, end) }
    return [name, { name, shape: [...shape], dtype: 'F32', begin: 0, end: bytes.length, source }]
  })
  return { config, tensors: new Map(tensors) }
}

/** How the frozen weights of a model are kept on a device: as a person chose, and what that means for each tensor. */
import type { Graph, WeightStorage } from '../engine/graph.ts'
import { HomespunError } from '../errors.ts'
import type { SafetensorsDtype } from '../hub/types.ts'
import type { CheckpointTensor, LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'

const BY_DTYPE: Partial<Record<SafetensorsDtype, WeightStorage>> = { F32: 'f32', BF16: 'bf16', F16: 'f16' }

/** Throws 'dtype-unsupported' for a dtype that is no floating-point one the engines read. */
export function storedAs(dtype: SafetensorsDtype, where: string): WeightStorage {
  const storage = BY_DTYPE[dtype]
  if (storage) return storage
  throw new HomespunError('dtype-unsupported', `A weight is stored as ${dtype}, which Homespun does not read.`, { where, fix: 'Bring the model in F32, BF16 or F16.' })
}

/**
 * How each tensor is kept: the matrices of linear layers and the vocabulary's as chosen, other matrices as stored, vectors
 * (norm scales, biases) in f32, which kernels read directly.
 *
 * Where int4 is chosen, the vocabulary and the layers that narrow (an MLP's output; keys and values that several heads share)
 * take int8: they are a third of a model and half of what int4 costs in perplexity (docs/measurements.md).
 */
export function weightStorages(model: LanguageModel, stored: (tensor: CheckpointTensor) => WeightStorage, dtype: WeightDtype): Map<string, WeightStorage> {
  const linear = new Map(model.linearModules.map((layer) => [`${layer.module}.weight`, layer]))
  const storageOf = (tensor: CheckpointTensor): WeightStorage => {
    if (tensor.shape.length < 2) return 'f32'
    if (dtype === 'stored' || tensor.shape.length > 2) return stored(tensor)
    if (tensor.shape[0] === model.vocabularySize) return 'int8'
    const layer = linear.get(tensor.name)
    if (!layer) return stored(tensor)
    return layer.outFeatures < layer.inFeatures ? 'int8' : dtype
  }
  return new Map(model.tensors.map((tensor) => [tensor.name, storageOf(tensor)]))
}

/** A model whose weights lie on a device, or will: what graphs are made of. */
export interface PlannedModel {
  readonly model: LanguageModel
  parameters(graph: Graph, lora?: (module: string) => LoraValues | undefined): ParameterSource
}

/** Weights as `storages` has them, and what no checkpoint holds in f32. Reads and allocates nothing. */
export function plannedModel(model: LanguageModel, storages: ReadonlyMap<string, WeightStorage>): PlannedModel {
  return {
    model,
    parameters: (graph, lora = () => undefined) => ({ weight: (name, shape) => graph.weight(name, shape, storages.get(name) ?? 'f32'), lora }),
  }
}

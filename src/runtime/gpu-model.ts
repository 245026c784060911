/** A base model on a GPU: its weights, streamed once and shared by every program that trains or answers with it. */
import { Graph, type Value, type WeightStorage } from '../engine/graph.ts'
import { GpuMemory } from '../engine/webgpu/memory.ts'
import { PipelineCache } from '../engine/webgpu/pipelines.ts'
import type { GpuContext } from '../engine/webgpu/context.ts'
import type { ModelFolder, TensorLocation } from '../hub/types.ts'
import { modelFromConfig } from '../models/index.ts'
import type { CheckpointTensor, LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import { locateTensors } from './locate-tensors.ts'
import { streamWeight } from './stream-weight.ts'
import { plannedModel, storedAs, weightStorages, type PlannedModel } from './weight-dtype.ts'

export interface LoadOptions {
  /** Positions the rotary table covers: the longest example or answer that can be asked for. */
  maxPositions?: number
  /** How matrices are kept; 'f32' widens them. */
  dtype?: WeightDtype | 'f32'
  onProgress?: (bytes: number, totalBytes: number) => void
  signal?: AbortSignal | undefined
}

export class GpuModel implements PlannedModel {
  readonly model: LanguageModel
  readonly gpu: GpuContext
  readonly memory: GpuMemory
  readonly pipelines: PipelineCache
  readonly #planned: PlannedModel
  readonly #stored: (tensor: CheckpointTensor) => WeightStorage

  private constructor(model: LanguageModel, gpu: GpuContext, storages: ReadonlyMap<string, WeightStorage>, stored: (tensor: CheckpointTensor) => WeightStorage) {
    this.model = model
    this.gpu = gpu
    this.memory = new GpuMemory(gpu)
    this.pipelines = new PipelineCache(gpu)
    this.#planned = plannedModel(model, storages)
    this.#stored = stored
  }

  /**
   * Checks config and tensors, allocates every weight, then streams them in chunks.
   * Throws 'config-unsupported', 'tensor-missing', 'tensor-shape', 'dtype-unsupported', 'out-of-gpu-memory', 'gpu-lost'.
   */
  static async load(gpu: GpuContext, folder: Pick<ModelFolder, 'config' | 'tensors'>, options: LoadOptions = {}): Promise<GpuModel> {
    const model = modelFromConfig(folder.config, options.maxPositions, folder.tensors)
    const located = locateTensors(model, folder)
    const { dtype = 'stored' } = options
    const stored = ({ name }: CheckpointTensor) => storedAs(located.get(name)!.dtype, name)
    const gpuModel = new GpuModel(model, gpu, dtype === 'f32' ? new Map() : weightStorages(model, stored, dtype), stored)
    const source = gpuModel.parameters(new Graph())
    const weights = model.tensors.map(({ name, shape }) => source.weight(name, shape))
    const constants = [...model.constants()].map(([name, { shape, data }]) => ({ value: source.weight(name, shape), data }))
    await gpu.allocating(
      () => [...weights, ...constants.map(({ value }) => value)].forEach((value) => gpuModel.memory.allocateWeight(value)),
      () => gpuModel.destroy(),
    )
    try {
      for (const { value, data } of constants) gpuModel.memory.writeWeight(value, 0, new Uint8Array(data.buffer))
      await gpuModel.#stream(weights, located, options)
    } catch (error) {
      gpuModel.destroy()
      throw error
    }
    return gpuModel
  }

  /** Weights as they lie on this GPU, with LoRA where `lora` places it. */
  parameters(graph: Graph, lora?: (module: string) => LoraValues | undefined): ParameterSource {
    return this.#planned.parameters(graph, lora)
  }

  /** The same model with its weights kept otherwise, to be planned. */
  keptAs(dtype: WeightDtype): PlannedModel {
    return plannedModel(this.model, weightStorages(this.model, this.#stored, dtype))
  }

  destroy(): void {
    this.memory.destroy()
  }

  async #stream(weights: readonly Value[], located: ReadonlyMap<string, TensorLocation>, options: LoadOptions): Promise<void> {
    const total = [...located.values()].reduce((bytes, tensor) => bytes + tensor.end - tensor.begin, 0)
    let done = 0
    for (const weight of weights) {
      const tensor = located.get(weight.name)!
      await streamWeight(this.memory, weight, tensor, (bytes) => {
        options.signal?.throwIfAborted()
        done += bytes
        options.onProgress?.(done, total)
      })
    }
  }
}

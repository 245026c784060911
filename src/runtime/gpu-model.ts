/** A base model on a GPU: its weights, streamed once and shared by every program that trains or answers with it. */
import { HomespunError } from '../errors.ts'
import { Graph, type Value, type WeightStorage } from '../engine/graph.ts'
import { GpuMemory } from '../engine/webgpu/memory.ts'
import { PipelineCache } from '../engine/webgpu/pipelines.ts'
import type { GpuContext } from '../engine/webgpu/context.ts'
import type { ModelFolder, TensorLocation } from '../hub/types.ts'
import { modelFromConfig } from '../models/index.ts'
import type { LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import { locateTensors } from './locate-tensors.ts'
import { streamWeight } from './stream-weight.ts'

export interface LoadOptions {
  /** Positions the rotary table covers: the longest example or answer that can be asked for. */
  maxPositions?: number
  /** Keep matrices as the checkpoint stores them, or widen them to f32. */
  storage?: 'as-stored' | 'f32'
  onProgress?: (bytes: number, totalBytes: number) => void
  signal?: AbortSignal | undefined
}

const STORAGE_BY_DTYPE: Record<string, WeightStorage> = { F32: 'f32', BF16: 'bf16', F16: 'f16' }

export class GpuModel {
  readonly model: LanguageModel
  readonly gpu: GpuContext
  readonly memory: GpuMemory
  readonly pipelines: PipelineCache
  readonly #storage: ReadonlyMap<string, WeightStorage>

  private constructor(model: LanguageModel, gpu: GpuContext, storage: ReadonlyMap<string, WeightStorage>) {
    this.model = model
    this.gpu = gpu
    this.memory = new GpuMemory(gpu)
    this.pipelines = new PipelineCache(gpu)
    this.#storage = storage
  }

  /**
   * Checks config and tensors, allocates every weight, then streams them in chunks.
   * Throws 'config-unsupported', 'tensor-missing', 'tensor-shape', 'dtype-unsupported', 'out-of-gpu-memory', 'gpu-lost'.
   */
  static async load(gpu: GpuContext, folder: Pick<ModelFolder, 'config' | 'tensors'>, options: LoadOptions = {}): Promise<GpuModel> {
    const model = modelFromConfig(folder.config, options.maxPositions, folder.tensors)
    const located = locateTensors(model, folder)
    const storage = new Map([...located].map(([name, tensor]) => [name, storageFor(tensor, options.storage ?? 'as-stored')]))
    const gpuModel = new GpuModel(model, gpu, storage)
    const graph = new Graph()
    const weights = model.tensors.map(({ name, shape }) => gpuModel.declareWeight(graph, name, shape))
    const constants = [...model.constants()].map(([name, { shape, data }]) => ({ value: gpuModel.declareWeight(graph, name, shape), data }))
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

  declareWeight(graph: Graph, name: string, shape: readonly number[]): Value {
    return graph.weight(name, shape, this.#storage.get(name) ?? 'f32')
  }

  /** Weights as they lie on this GPU, with LoRA where `lora` places it. */
  parameters(graph: Graph, lora: (module: string) => LoraValues | undefined = () => undefined): ParameterSource {
    return { weight: (name, shape) => this.declareWeight(graph, name, shape), lora }
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

/** Matrices as stored; vectors (norm scales, biases) always f32, which kernels read directly. */
function storageFor(tensor: TensorLocation, wanted: 'as-stored' | 'f32'): WeightStorage {
  const stored = STORAGE_BY_DTYPE[tensor.dtype]
  if (!stored) {
    throw new HomespunError('dtype-unsupported', `A weight is stored as ${tensor.dtype}, which Homespun does not read.`, { where: tensor.name, fix: 'Bring the model in F32, BF16 or F16.' })
  }
  return tensor.shape.length < 2 || wanted === 'f32' ? 'f32' : stored
}

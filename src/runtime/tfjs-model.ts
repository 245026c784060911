/** A base model on TensorFlow.js: its weights, f32, on the backend once, for every graph that trains or answers with it. */
import type { Graph, Value, WeightStorage } from '../engine/graph.ts'
import { isQuantised } from '../engine/kernel.ts'
import { dequantiseRows, quantiseRows } from '../engine/quantised/rows.ts'
import type { Tensor, Tf } from '../engine/tfjs/context.ts'
import { interpret, type InterpretSettings } from '../engine/tfjs/interpret.ts'
import { runTidily, tensorOf } from '../engine/tfjs/run.ts'
import { readTensorAsFloat32 } from '../hub/safetensors/read-tensor.ts'
import type { ModelFolder } from '../hub/types.ts'
import { modelFromConfig } from '../models/index.ts'
import type { LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import { locateFloats, widenedBytes } from './locate-tensors.ts'
import { weightStorages } from './weight-dtype.ts'

export interface TfjsLoadOptions {
  maxPositions?: number
  /** Quantised matrices are kept as the f32 numbers that they stand for: this library computes with no others. */
  dtype?: WeightDtype
  onProgress?: (bytes: number, totalBytes: number) => void
}

/** What a graph reads beside the weights. */
export interface TfjsFeeds extends Omit<InterpretSettings, 'source'> {
  /** Inputs by name. */
  readonly feeds: Readonly<Record<string, Float32Array | Uint32Array>>
  /** Tensors that are there already, by the names of inputs, variables or weights. */
  readonly given?: ReadonlyMap<string, Tensor>
}

export class TfjsModel {
  readonly model: LanguageModel
  readonly tf: Tf
  readonly #weights = new Map<string, Tensor>()

  private constructor(model: LanguageModel, tf: Tf) {
    this.model = model
    this.tf = tf
  }

  /** Checks config and tensors, then reads every weight. Throws 'config-unsupported', 'tensor-missing', 'tensor-shape', 'dtype-unsupported', 'tfjs-out-of-memory'. */
  static async load(tf: Tf, folder: Pick<ModelFolder, 'config' | 'tensors'>, { maxPositions, dtype = 'stored', onProgress }: TfjsLoadOptions = {}): Promise<TfjsModel> {
    const model = modelFromConfig(folder.config, maxPositions, folder.tensors)
    const located = locateFloats(model, folder)
    const loaded = new TfjsModel(model, tf)
    const storages = weightStorages(model, () => 'f32', dtype)
    const total = [...located.values()].reduce((bytes, { begin, end }) => bytes + end - begin, 0)
    let done = 0
    try {
      for (const [name, { shape, data }] of model.constants()) loaded.#keep(name, shape, data)
      for (const { name, shape } of model.tensors) {
        const location = located.get(name)!
        loaded.#keep(name, shape, roundedTo(storages.get(name)!, shape, await readTensorAsFloat32(location)))
        done += location.end - location.begin
        onProgress?.(done, total)
      }
    } catch (error) {
      loaded.destroy()
      throw error
    }
    return loaded
  }

  get weightBytes(): number {
    return widenedBytes(this.model)
  }

  /** Weights by name, with LoRA where `lora` places it. */
  parameters(graph: Graph, lora: (module: string) => LoraValues | undefined = () => undefined): ParameterSource {
    return { weight: (name, shape) => graph.weight(name, shape, 'f32'), lora }
  }

  /** Tensors of any values of a graph over this model. To be called within `tf.tidy`, which frees the rest. */
  interpret(graph: Graph, outputs: readonly Value[], { feeds, given, ...rest }: TfjsFeeds): Tensor[] {
    const source = (value: Value) => given?.get(value.name) ?? this.#weights.get(value.name) ?? tensorOf(this.tf, value, feeds[value.name]!)
    return interpret(this.tf, graph, outputs, { ...rest, source })
  }

  destroy(): void {
    this.tf.dispose([...this.#weights.values()])
    this.#weights.clear()
  }

  #keep(name: string, shape: readonly number[], data: Float32Array<ArrayBuffer>): void {
    const [tensor] = runTidily(this.tf, () => [tensorOf(this.tf, { shape, dtype: 'f32' }, data)])
    this.#weights.set(name, tensor!)
  }
}

/** The numbers that a storage makes of a matrix. */
function roundedTo(storage: WeightStorage, shape: readonly number[], values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return isQuantised(storage) ? dequantiseRows(quantiseRows(values, shape[1]!, storage), shape[1]!, storage) : values
}

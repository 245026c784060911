/** A base model for ONNX Runtime: where its weights are. They are read into each session that is made, and held by it alone. */
import { Graph, type Value } from '../engine/graph.ts'
import { lowerToOnnx, type LoweringSettings } from '../engine/onnx/lower.ts'
import { OnnxSession, type OnnxRuntime, type SessionSettings } from '../engine/onnx/session.ts'
import { isQuantised, weightStorage } from '../engine/kernel.ts'
import { QuantisedContents, storedTensors } from '../engine/onnx/stored-tensor.ts'
import { quantiseRows } from '../engine/quantised/rows.ts'
import { readTensorAsFloat32 } from '../hub/safetensors/read-tensor.ts'
import type { ModelFolder, TensorLocation } from '../hub/types.ts'
import { modelFromConfig } from '../models/index.ts'
import type { LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import { locateFloats } from './locate-tensors.ts'
import { streamRows } from './stream-rows.ts'
import { plannedModel, weightStorages, type PlannedModel } from './weight-dtype.ts'

export interface OnnxOptions {
  /** Positions the rotary table covers. */
  maxPositions?: number
  /** How matrices are kept; as stored is f32 here, whatever the checkpoint has. */
  dtype?: WeightDtype
}

export class OnnxModel implements PlannedModel {
  readonly model: LanguageModel
  readonly #runtime: OnnxRuntime
  readonly #located: ReadonlyMap<string, TensorLocation>
  readonly #constants: ReadonlyMap<string, { data: Float32Array<ArrayBuffer> }>
  readonly #planned: PlannedModel

  private constructor(planned: PlannedModel, runtime: OnnxRuntime, located: ReadonlyMap<string, TensorLocation>) {
    const { model } = planned
    this.model = model
    this.#planned = planned
    this.#runtime = runtime
    this.#located = located
    this.#constants = model.constants()
  }

  /** Checks config and tensors; reads none yet. Throws 'config-unsupported', 'tensor-missing', 'tensor-shape', 'dtype-unsupported'. */
  static open(runtime: OnnxRuntime, folder: Pick<ModelFolder, 'config' | 'tensors'>, { maxPositions, dtype = 'stored' }: OnnxOptions = {}): OnnxModel {
    const model = modelFromConfig(folder.config, maxPositions, folder.tensors)
    return new OnnxModel(plannedModel(model, weightStorages(model, () => 'f32', dtype)), runtime, locateFloats(model, folder))
  }

  /** Bytes of the weights in a session. */
  get weightBytes(): number {
    return onnxWeightBytes(this)
  }

  /** Weights by name, with LoRA where `lora` places it. */
  parameters(graph: Graph, lora?: (module: string) => LoraValues | undefined): ParameterSource {
    return this.#planned.parameters(graph, lora)
  }

  /** The same model with its weights kept otherwise, to be planned. */
  keptAs(dtype: WeightDtype): PlannedModel {
    return plannedModel(this.model, weightStorages(this.model, () => 'f32', dtype))
  }

  /** Lowers a graph, reads the weights it needs (those of `given` are at hand), and hands both to ONNX Runtime. Throws as `lowerToOnnx` and `OnnxSession.create`. */
  async createSession(graph: Graph, outputs: ReadonlyMap<string, Value>, settings: LoweringSettings & SessionSettings, given: ReadonlyMap<string, Float32Array> = new Map()): Promise<OnnxSession> {
    const program = lowerToOnnx(graph, outputs, settings)
    const contents = new Map<string, ArrayBufferView>()
    for (const weight of new Set(program.weights.map((tensor) => tensor.weight))) {
      for (const [name, numbers] of await this.#read(weight, given)) contents.set(name, numbers)
    }
    return OnnxSession.create(this.#runtime, program, ({ name }) => contents.get(name)!, settings)
  }

  /** What a weight's tensors hold, by their names. */
  async #read(weight: Value, given: ReadonlyMap<string, Float32Array>): Promise<[string, ArrayBufferView][]> {
    const { name } = weight
    const storage = weightStorage(weight)
    if (!isQuantised(storage)) return [[name, given.get(name) ?? this.#constants.get(name)?.data ?? (await readTensorAsFloat32(this.#located.get(name)!))]]
    const contents = new QuantisedContents(weight, storage)
    for await (const rows of streamRows(this.#located.get(name)!, weight.shape[1]!)) contents.add(quantiseRows(rows, weight.shape[1]!, storage))
    return storedTensors(weight).map(({ name: tensor, part }) => [tensor, part === 'codes' ? contents.codes : contents.lines])
  }
}

/** Bytes of a model's weights in a session. */
export function onnxWeightBytes(planned: PlannedModel): number {
  const source = planned.parameters(new Graph())
  const tensors = planned.model.tensors.flatMap(({ name, shape }) => storedTensors(source.weight(name, shape)))
  return tensors.reduce((total, { bytes }) => total + bytes, 0)
}

/** A base model for ONNX Runtime: where its weights are. They are read into each session that is made, and held by it alone. */
import type { Graph, Value } from '../engine/graph.ts'
import { lowerToOnnx, type LoweringSettings } from '../engine/onnx/lower.ts'
import { OnnxSession, type OnnxRuntime, type SessionSettings } from '../engine/onnx/session.ts'
import { readTensorAsFloat32 } from '../hub/safetensors/read-tensor.ts'
import type { ModelFolder, TensorLocation } from '../hub/types.ts'
import { modelFromConfig } from '../models/index.ts'
import type { LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import { locateFloats, widenedBytes } from './locate-tensors.ts'

export class OnnxModel {
  readonly model: LanguageModel
  readonly #runtime: OnnxRuntime
  readonly #located: ReadonlyMap<string, TensorLocation>
  readonly #constants: ReadonlyMap<string, { data: Float32Array<ArrayBuffer> }>

  private constructor(model: LanguageModel, runtime: OnnxRuntime, located: ReadonlyMap<string, TensorLocation>) {
    this.model = model
    this.#runtime = runtime
    this.#located = located
    this.#constants = model.constants()
  }

  /** Checks config and tensors; reads none yet. Throws 'config-unsupported', 'tensor-missing', 'tensor-shape', 'dtype-unsupported'. */
  static open(runtime: OnnxRuntime, folder: Pick<ModelFolder, 'config' | 'tensors'>, maxPositions?: number): OnnxModel {
    const model = modelFromConfig(folder.config, maxPositions, folder.tensors)
    return new OnnxModel(model, runtime, locateFloats(model, folder))
  }

  /** Bytes of the weights in a session: f32, whatever the checkpoint has. */
  get weightBytes(): number {
    return widenedBytes(this.model)
  }

  /** Weights by name, with LoRA where `lora` places it. */
  parameters(graph: Graph, lora: (module: string) => LoraValues | undefined = () => undefined): ParameterSource {
    return { weight: (name, shape) => graph.weight(name, shape, 'f32'), lora }
  }

  /** Lowers a graph, reads the weights it needs (those of `given` are at hand), and hands both to ONNX Runtime. Throws as `lowerToOnnx` and `OnnxSession.create`. */
  async createSession(graph: Graph, outputs: ReadonlyMap<string, Value>, settings: LoweringSettings & SessionSettings, given: ReadonlyMap<string, Float32Array> = new Map()): Promise<OnnxSession> {
    const program = lowerToOnnx(graph, outputs, settings)
    const weights = new Map<string, Float32Array>()
    for (const { name } of program.weights) {
      weights.set(name, given.get(name) ?? this.#constants.get(name)?.data ?? (await readTensorAsFloat32(this.#located.get(name)!)))
    }
    return OnnxSession.create(this.#runtime, program, (name) => weights.get(name)!, settings)
  }
}

/** The WebGPU engine as the service takes it. */
import { GpuContext } from '../engine/webgpu/context.ts'
import { createDecoder } from '../generate/webgpu-decoder.ts'
import { modelFromConfig } from '../models/index.ts'
import type { LanguageModel } from '../models/types.ts'
import { GpuModel } from '../runtime/gpu-model.ts'
import { ADAMW_DEFAULTS, createTrainingStep, planTraining, type TrainingStepSettings } from '../train/webgpu-training-step.ts'
import type { EnginePort, LoadedModel, StepRequest } from './ports.ts'

function stepSettings({ lora, layout, settings }: StepRequest): TrainingStepSettings {
  const { weightDecay, clipNorm, activationCheckpointing, seed } = settings
  return { lora, layout, activationCheckpointing, seed, optimizer: { ...ADAMW_DEFAULTS, weightDecay, clipNorm } }
}

function parametersOf(model: LanguageModel): number {
  return model.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)
}

class WebGpuModel implements LoadedModel {
  readonly family: string
  readonly parameters: number
  readonly layers: number
  readonly hiddenSize: number
  readonly vocabularySize: number
  readonly contextLength: number
  readonly bytesOnGpu: number
  readonly linearModules: LoadedModel['linearModules']
  readonly #gpuModel: GpuModel

  constructor(gpuModel: GpuModel) {
    const { family, layers, hiddenSize, vocabularySize, contextLength, linearModules } = gpuModel.model
    this.family = family
    this.layers = layers
    this.hiddenSize = hiddenSize
    this.vocabularySize = vocabularySize
    this.contextLength = contextLength
    this.linearModules = linearModules
    this.parameters = parametersOf(gpuModel.model)
    this.bytesOnGpu = gpuModel.gpu.memory.bytes
    this.#gpuModel = gpuModel
  }

  planStep(request: StepRequest) {
    return planTraining(this.#gpuModel, stepSettings(request)).report
  }

  createStep(request: StepRequest, adapter: Parameters<LoadedModel['createStep']>[1]) {
    return createTrainingStep(this.#gpuModel, adapter, stepSettings(request))
  }

  createDecoder(adapter: Parameters<LoadedModel['createDecoder']>[0]) {
    return createDecoder(this.#gpuModel, adapter)
  }

  destroy(): void {
    this.#gpuModel.destroy()
  }
}

export const webgpuEngine: EnginePort = {
  checkModel(folder) {
    modelFromConfig(folder.config)
  },

  async loadModel({ device, report }, folder, onProgress) {
    const gpu = new GpuContext(device, report.software)
    const tell = (bytes: number, totalBytes: number) => onProgress({ phase: 'reading the weights', bytes, totalBytes })
    return new WebGpuModel(await GpuModel.load(gpu, folder, { onProgress: tell }))
  },
}

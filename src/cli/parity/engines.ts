/** The engines as parity needs them: plain logits, a step whose gradient can be read, a decoder. */
import type { LoraAdapter } from '../../adapters/types.ts'
import type { MicroBatch } from '../../data/types.ts'
import { GpuContext } from '../../engine/webgpu/context.ts'
import { createOnnxDecoder } from '../../generate/onnx-decoder.ts'
import { onnxLogits } from '../../generate/onnx-logits.ts'
import { createTfjsDecoder } from '../../generate/tfjs-decoder.ts'
import { tfjsLogits } from '../../generate/tfjs-logits.ts'
import type { Decoder } from '../../generate/types.ts'
import { createDecoder } from '../../generate/webgpu-decoder.ts'
import { webGpuLogits } from '../../generate/webgpu-logits.ts'
import type { ModelFolder } from '../../hub/types.ts'
import { GpuModel } from '../../runtime/gpu-model.ts'
import { OnnxModel } from '../../runtime/onnx-model.ts'
import { TfjsModel } from '../../runtime/tfjs-model.ts'
import { createOnnxTrainingStep } from '../../train/onnx-training-step.ts'
import type { TrainingStepSettings } from '../../train/step-settings.ts'
import { createTfjsTrainingStep } from '../../train/tfjs-training-step.ts'
import type { TrainingStep } from '../../train/types.ts'
import { createTrainingStep } from '../../train/webgpu-training-step.ts'
import type { EngineWish } from '../../service/types.ts'
import { openNodeDevice } from '../dawn.ts'
import { openNodeRuntime } from '../onnx.ts'
import { openNodeTfjs } from '../tfjs.ts'

export interface ParityModel {
  /** [rows × rowLength, vocabulary] in the order of the batch. */
  logits(batch: MicroBatch, adapter: LoraAdapter | undefined): Promise<Float32Array>
  createStep(
    adapter: LoraAdapter,
    settings: TrainingStepSettings,
  ): Promise<TrainingStep & { readGradient(batches: readonly MicroBatch[]): Promise<LoraAdapter> }>
  createDecoder(adapter: LoraAdapter | undefined): Promise<Decoder>
  destroy(): void
}

export interface ParityEngine {
  device: string
  load(folder: Pick<ModelFolder, 'config' | 'tensors'>): Promise<ParityModel>
  destroy(): void
}

/** 'auto' is webgpu, software included: that is what parity is most often asked about. Throws what opening a device throws. */
export async function openParityEngine(wish: EngineWish): Promise<ParityEngine> {
  if (wish === 'onnx') return openOnnx()
  return wish === 'tfjs' ? openTfjs() : openWebGpu()
}

async function openWebGpu(): Promise<ParityEngine> {
  const { device, report } = await openNodeDevice()
  return {
    device: report.device,
    destroy: () => device.destroy(),
    async load(folder) {
      const model = await GpuModel.load(new GpuContext(device, report.software), folder)
      return {
        logits: (batch, adapter) => webGpuLogits(model, batch, adapter),
        createStep: (adapter, settings) => createTrainingStep(model, adapter, settings),
        createDecoder: (adapter) => createDecoder(model, adapter),
        destroy: () => model.destroy(),
      }
    },
  }
}

async function openOnnx(): Promise<ParityEngine> {
  const { runtime, threads } = await openNodeRuntime()
  return {
    device: `Wasm, ${threads} threads`,
    destroy: () => undefined,
    async load(folder) {
      const model = OnnxModel.open(runtime, folder)
      return {
        logits: (batch, adapter) => onnxLogits(model, batch, adapter),
        createStep: (adapter, settings) => createOnnxTrainingStep(model, adapter, settings),
        createDecoder: (adapter) => createOnnxDecoder(model, adapter),
        destroy: () => undefined,
      }
    },
  }
}

async function openTfjs(): Promise<ParityEngine> {
  const { tf, device } = await openNodeTfjs()
  return {
    device: `TensorFlow.js, ${device}`,
    destroy: () => undefined,
    async load(folder) {
      const model = await TfjsModel.load(tf, folder)
      return {
        logits: (batch, adapter) => tfjsLogits(model, batch, adapter),
        createStep: async (adapter, settings) => createTfjsTrainingStep(model, adapter, settings),
        createDecoder: async (adapter) => createTfjsDecoder(model, adapter),
        destroy: () => model.destroy(),
      }
    },
  }
}

/** The WebGPU engine as the service takes it. */
import { GpuContext } from '../../engine/webgpu/context.ts'
import { createDecoder } from '../../generate/webgpu-decoder.ts'
import { webGpuLogits } from '../../generate/webgpu-logits.ts'
import { GpuModel } from '../../runtime/gpu-model.ts'
import { createTrainingStep, planTraining } from '../../train/webgpu-training-step.ts'
import { openDevice, type DeviceHost, type OpenDevice } from '../device.ts'
import type { LoadedModel, OpenEngine } from '../ports.ts'
import { modelFacts, stepSettings } from './model-facts.ts'

/** Throws what `openDevice` throws. */
export async function openWebGpu(host: DeviceHost): Promise<OpenEngine> {
  return engineOn(await openDevice(host))
}

/** A device that is open already, as an engine. */
export function engineOn({ device, report }: OpenDevice): OpenEngine {
  return {
    report,
    lost: device.lost,
    close: () => device.destroy(),
    async loadModel(folder, onProgress, dtype) {
      const gpu = new GpuContext(device, report.software)
      const tell = (bytes: number, totalBytes: number) => onProgress({ phase: 'reading the weights', bytes, totalBytes })
      return loadedModel(await GpuModel.load(gpu, folder, { dtype, onProgress: tell }))
    },
  }
}

const loadedModel = (model: GpuModel): LoadedModel => ({
  ...modelFacts(model.model),
  bytesOnGpu: model.gpu.memory.bytes,
  planStep: (request, weights) => planTraining(weights ? model.keptAs(weights) : model, stepSettings(request), model.gpu.traits).report,
  watchBytes: () => model.gpu.watchBytes(),
  createStep: (request, adapter) => createTrainingStep(model, adapter, stepSettings(request)),
  createDecoder: (adapter) => createDecoder(model, adapter),
  logits: (batch, adapter) => webGpuLogits(model, batch, adapter),
  destroy: () => model.destroy(),
})

/** Our LoRA step on WebGPU, through Dawn: a GPU where there is one, else a software adapter. */
import { createAdapter } from '../../src/adapters/init.ts'
import { openNodeDevice } from '../../src/cli/dawn.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { createTrainingStep } from '../../src/train/webgpu-training-step.ts'
import { batchOf, type BatchSizes } from './examples.ts'
import { LORA, stepContestant, stepSettings } from './onnx-step.ts'
import { randomModel, type LlamaSizes } from './random-model.ts'
import type { Contestant } from './rounds.ts'

/** Throws 'webgpu-missing', 'adapter-missing'. */
export async function webgpuStep(sizes: LlamaSizes, batchSizes: BatchSizes): Promise<Contestant> {
  const { device, report } = await openNodeDevice()
  const model = await GpuModel.load(new GpuContext(device, report.software), randomModel(sizes))
  const batch = batchOf(batchSizes)
  const step = await createTrainingStep(model, createAdapter(LORA, model.model.linearModules, 1), stepSettings(batch))
  return stepContestant(`webgpu (${report.software ? 'software' : report.device})`, step, batch, () => device.destroy())
}

/** The tiny Llama as a checkpoint in memory, loaded on a device: for what needs a real training step and nothing else. */
import { createAdapter } from '../../src/adapters/init.ts'
import { packMicroBatch } from '../../src/data/batch/pack.ts'
import type { MicroBatch } from '../../src/data/types.ts'
import { elementCount } from '../../src/engine/graph.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import type { SafetensorsDtype, TensorLocation } from '../../src/hub/types.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import { createTrainingStep } from '../../src/train/webgpu-training-step.ts'
import { coarse, floats } from './cases/case.ts'
import { tinyLlama, TINY_CONFIG } from './tiny-llama.ts'

/** A tensor whose bytes lie in memory. */
export function tensorInMemory(name: string, dtype: SafetensorsDtype, shape: readonly number[], bytes: Uint8Array<ArrayBuffer>): TensorLocation {
  const source = { name, size: bytes.byteLength, read: async (begin: number, end: number) => bytes.slice(begin, end) }
  return { name, dtype, shape: [...shape], source, begin: 0, end: bytes.byteLength }
}

const { model, lora, batch: layout } = tinyLlama()

export const tinyFolder = {
  config: TINY_CONFIG,
  tensors: new Map(
    model.tensors.map(({ name, shape }) => [name, tensorInMemory(name, 'F32', shape, new Uint8Array(Float32Array.from(coarse(floats(name, elementCount(shape)))).buffer))]),
  ),
}

export const loadTinyModel = (device: GPUDevice): Promise<GpuModel> => GpuModel.load(new GpuContext(device, true), tinyFolder)

export const tinyAdapter = () => createAdapter(lora, model.linearModules, 5)

export function tinyStep(gpuModel: GpuModel) {
  const optimizer = { ...ADAMW_DEFAULTS, weightDecay: 0, clipNorm: 1 }
  return createTrainingStep(gpuModel, tinyAdapter(), { lora, layout, optimizer, activationCheckpointing: false, seed: 3 })
}

/** One example of those ids, every token after the first a target. */
export function tinyBatch(tokens: readonly number[], weight = 1): MicroBatch {
  return packMicroBatch([{ row: 1, tokens: Uint32Array.from(tokens), weights: Float32Array.from(tokens, () => weight), truncated: 0 }], layout)
}

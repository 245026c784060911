/** What a run is said to take of memory, beside what it takes: a model of 5.5M parameters, 6 layers 256 wide. */
import { expect, it } from 'vitest'
import { randomModel, SMALL } from '../../bench/lib/random-model.ts'
import { createAdapter } from '../../src/adapters/init.ts'
import { packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { TokenizedExample } from '../../src/data/types.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import type { WeightDtype } from '../../src/models/weight-dtypes.ts'
import { memoryToTrain } from '../../src/train/memory-to-train.ts'
import { createOnnxTrainingStep } from '../../src/train/onnx-training-step.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import type { TrainingStepSettings } from '../../src/train/step-settings.ts'
import { createTrainingStep } from '../../src/train/webgpu-training-step.ts'
import { gpuDevice } from '../support/gpu.ts'

const [ROWS, LENGTH] = [2, 192]
const folder = randomModel(SMALL)
const example: TokenizedExample = {
  row: 1,
  truncated: 0,
  tokens: Uint32Array.from({ length: LENGTH }, (_, i) => (i * 7919) % SMALL.vocabulary),
  weights: Float32Array.from({ length: LENGTH }, (_, i) => (i ? 1 : 0)),
}
const layout = planLayout([Array.from({ length: ROWS }, () => ({ length: LENGTH, targets: LENGTH - 1 }))])

function settings(): TrainingStepSettings {
  const targetModules = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']
  const lora = { rank: 16, alpha: 32, dropout: 0, useRsLora: false, targetModules }
  return { lora, layout, seed: 0, activationCheckpointing: false, optimizer: { ...ADAMW_DEFAULTS, weightDecay: 0, clipNorm: 1 } }
}

/** From config.json alone. */
const foretold = (dtype: WeightDtype, engine: 'webgpu' | 'onnx') =>
  memoryToTrain(folder.config, { dtype, stored: 'f32', rank: 16, batchSize: ROWS, maxLength: LENGTH }, engine)

/** Up to the last byte that is not zero: what memory has grown by in vain is nowhere. */
function writtenBytes({ buffer }: WebAssembly.Memory): number {
  return 8 * (new BigUint64Array(buffer).findLastIndex((word) => word !== 0n) + 1)
}

it('on the processor: within 5 % of what was written of WebAssembly’s memory', async () => {
  const memories: WebAssembly.Memory[] = []
  const { Memory } = WebAssembly
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      memories.push(this)
    }
  }
  const model = OnnxModel.open(await import('onnxruntime-web'), folder)
  const step = await createOnnxTrainingStep(model, createAdapter(settings().lora, model.model.linearModules, 1), settings())
  const batch = packMicroBatch(Array.from({ length: ROWS }, () => example), layout)
  for (let i = 0; i < 2; i++) await step.step([batch], { learningRate: 1e-3, randomStep: i })
  WebAssembly.Memory = Memory
  const held = memories.reduce((bytes, memory) => bytes + writtenBytes(memory), 0)
  const { totalBytes, adapterBytes, optimizerBytes } = foretold('stored', 'onnx')
  expect(totalBytes).toBe(step.report.totalBytes)
  // Adapter and moments are arrays of JavaScript.
  const written = totalBytes - adapterBytes - optimizerBytes
  expect(Math.abs(written / held - 1), `${written} foretold, ${held} held`).toBeLessThan(0.05)
  step.destroy()
})

it.each(['stored', 'int8'] as const)('on WebGPU: to the byte, weights %s', async (dtype) => {
  const gpu = new GpuContext(await gpuDevice(), true)
  const model = await GpuModel.load(gpu, folder, { dtype })
  const [before, more] = [gpu.memory.bytes, gpu.watchBytes()]
  const step = await createTrainingStep(model, createAdapter(settings().lora, model.model.linearModules, 1), settings())
  expect(gpu.memory.bytes).toBe(step.report.totalBytes)
  expect(more()).toBe(gpu.memory.bytes - before)
  // Which kernels a device takes changes a little.
  expect(Math.abs(foretold(dtype, 'webgpu').totalBytes / gpu.memory.bytes - 1)).toBeLessThan(0.05)
  const most = more()
  step.destroy()
  expect([gpu.memory.bytes, more()]).toEqual([before, most])
  model.destroy()
  expect(gpu.memory.bytes).toBe(0)
})

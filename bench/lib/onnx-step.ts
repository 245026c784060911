/** Our LoRA step on ONNX Runtime. */
import { createAdapter } from '../../src/adapters/init.ts'
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import { createOnnxTrainingStep } from '../../src/train/onnx-training-step.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import { batchOf, type BatchSizes } from './examples.ts'
import { randomModel, type LlamaSizes } from './random-model.ts'
import { timed, type Contestant } from './rounds.ts'

export const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']
export const LORA = { rank: 16, alpha: 32, dropout: 0, useRsLora: false, targetModules: TARGETS }

export async function onnxStep(name: string, runtime: OnnxRuntime, sizes: LlamaSizes, batchSizes: BatchSizes): Promise<Contestant> {
  const model = OnnxModel.open(runtime, randomModel(sizes))
  const batch = batchOf(batchSizes)
  const optimizer = { ...ADAMW_DEFAULTS, weightDecay: 0, clipNorm: 1 }
  const settings = { lora: LORA, layout: batch.layout, activationCheckpointing: false, seed: 1, optimizer }
  const step = await createOnnxTrainingStep(model, createAdapter(LORA, model.model.linearModules, 1), settings)
  let randomStep = 0
  return {
    name,
    run: () => timed(() => step.step([batch], { learningRate: 1e-3, randomStep: randomStep++ })),
    close: () => step.destroy(),
  }
}

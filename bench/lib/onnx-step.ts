/** Our LoRA step on ONNX Runtime, and what steps on every engine have in common. */
import { createAdapter } from '../../src/adapters/init.ts'
import type { MicroBatch } from '../../src/data/types.ts'
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import { createOnnxTrainingStep } from '../../src/train/onnx-training-step.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import type { TrainingStepSettings } from '../../src/train/step-settings.ts'
import type { TrainingStep } from '../../src/train/types.ts'
import { batchOf, type BatchSizes } from './examples.ts'
import { randomModel, type LlamaSizes } from './random-model.ts'
import { timed, type Contestant } from './rounds.ts'

export const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']
export const LORA = { rank: 16, alpha: 32, dropout: 0, useRsLora: false, targetModules: TARGETS }

export function stepSettings({ layout }: MicroBatch): TrainingStepSettings {
  const optimizer = { ...ADAMW_DEFAULTS, weightDecay: 0, clipNorm: 1 }
  return { lora: LORA, layout, activationCheckpointing: false, seed: 1, optimizer }
}

/** One optimizer step a run, on the same batch each time. */
export function stepContestant(name: string, step: TrainingStep, batch: MicroBatch, close: () => void = () => undefined): Contestant {
  let randomStep = 0
  return {
    name,
    plannedBytes: step.report.totalBytes,
    run: () => timed(() => step.step([batch], { learningRate: 1e-3, randomStep: randomStep++ })),
    close() {
      step.destroy()
      close()
    },
  }
}

export async function onnxStep(name: string, runtime: OnnxRuntime, sizes: LlamaSizes, batchSizes: BatchSizes): Promise<Contestant> {
  const model = OnnxModel.open(runtime, randomModel(sizes))
  const batch = batchOf(batchSizes)
  const step = await createOnnxTrainingStep(model, createAdapter(LORA, model.model.linearModules, 1), stepSettings(batch))
  return stepContestant(name, step, batch)
}

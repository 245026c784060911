/** Our LoRA step on TensorFlow.js: the graph interpreted, gradients by its own autograd. */
import { createAdapter } from '../../src/adapters/init.ts'
import { openNodeTfjs } from '../../src/cli/tfjs.ts'
import { TfjsModel } from '../../src/runtime/tfjs-model.ts'
import { createTfjsTrainingStep } from '../../src/train/tfjs-training-step.ts'
import { batchOf, type BatchSizes } from './examples.ts'
import { LORA, stepContestant, stepSettings } from './onnx-step.ts'
import { randomModel, type LlamaSizes } from './random-model.ts'
import type { Contestant } from './rounds.ts'

/** On the Wasm backend, one thread. Throws 'tfjs-unavailable'. */
export async function tfjsStep(sizes: LlamaSizes, batchSizes: BatchSizes): Promise<Contestant> {
  const { tf, close } = await openNodeTfjs(['wasm'])
  const model = await TfjsModel.load(tf, randomModel(sizes))
  const batch = batchOf(batchSizes)
  const step = createTfjsTrainingStep(model, createAdapter(LORA, model.model.linearModules, 1), stepSettings(batch))
  return stepContestant('tfjs (wasm)', step, batch, () => {
    model.destroy()
    close()
  })
}

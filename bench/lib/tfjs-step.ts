/** Our LoRA step on TensorFlow.js: the graph interpreted, gradients by its own autograd. */
import { createAdapter } from '../../src/adapters/init.ts'
import { openNodeTfjs } from '../../src/cli/tfjs.ts'
import type { Tf } from '../../src/engine/tfjs/context.ts'
import { TfjsModel } from '../../src/runtime/tfjs-model.ts'
import { createTfjsTrainingStep } from '../../src/train/tfjs-training-step.ts'
import { batchOf, type BatchSizes } from './examples.ts'
import { LORA, stepContestant, stepSettings } from './onnx-step.ts'
import { randomModel, type LlamaSizes } from './random-model.ts'
import type { Contestant } from './rounds.ts'

/** On the Wasm backend, one thread. Throws 'tfjs-unavailable'. */
export const tfjsStep = async (sizes: LlamaSizes, batch: BatchSizes) => tfjsStepOn('tfjs (wasm)', await openNodeTfjs(['wasm']), sizes, batch)

export async function tfjsStepOn(name: string, { tf, close }: { tf: Tf; close: () => void }, sizes: LlamaSizes, batchSizes: BatchSizes): Promise<Contestant> {
  const backend = tf.getBackend()
  const model = await TfjsModel.load(tf, randomModel(sizes))
  const batch = batchOf(batchSizes)
  const step = createTfjsTrainingStep(model, createAdapter(LORA, model.model.linearModules, 1), stepSettings(batch))
  const contestant = stepContestant(name, step, batch, () => {
    model.destroy()
    close()
  })
  return {
    ...contestant,
    async run() {
      // Another contestant may have chosen another since.
      await tf.setBackend(backend)
      return contestant.run()
    },
  }
}

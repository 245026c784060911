/** The run over the real engine on a real device: the tiny Llama learns, and an interrupted run ends with the same numbers. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdapter } from '../../src/adapters/init.ts'
import { runBatches, type RunBatches } from '../../src/data/batch/source.ts'
import { tokenizeExamples } from '../../src/data/render/tokenize.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { RunControl } from '../../src/train/control.ts'
import type { RunInputs } from '../../src/train/run-inputs.ts'
import { runTraining } from '../../src/train/run.ts'
import type { RunState } from '../../src/train/state.ts'
import type { TrainingEvent, TrainingSettings } from '../../src/train/types.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import { createTrainingStep } from '../../src/train/webgpu-training-step.ts'
import { gpuDevice } from '../support/gpu.ts'

const path = fileURLToPath(new URL('../fixtures/models/tiny-llama', import.meta.url))
const settings: TrainingSettings = {
  lora: { rank: 4, alpha: 8, dropout: 0.1, useRsLora: false, targetModules: ['q_proj', 'v_proj', 'down_proj'] },
  epochs: undefined, steps: 8, batchSize: 2, accumulate: 2, maxLength: 48, learningRate: 5e-3, schedule: 'linear', warmupSteps: 0,
  weightDecay: 0.01, clipNorm: 1, seed: 11, evaluateEvery: 4, patience: 0, checkpointEvery: 3, activationCheckpointing: false,
}

let model: GpuModel
let batches: RunBatches

beforeAll(async () => {
  expect(readdirSync(path)).toContain('config.json')
  const folder = await openModelDirectory(path)
  const { tokenizerJson, tokenizerConfig, config, generationConfig } = folder
  const tokenizer = await createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig })
  const pairs = Array.from({ length: 14 }, (_, row) => ({ kind: 'pair' as const, row, input: `What did the cat do ${row}?`, output: 'It sang.' }))
  const { examples } = tokenizeExamples(pairs, tokenizer, { prompt: '{input}\n', answer: '{output}' }, settings.maxLength)
  const known = examples.filter((example) => example !== undefined)
  batches = runBatches(known.slice(2), known.slice(0, 2), { batchSize: 2, accumulate: 2, seed: settings.seed, steps: 8 })
  model = await GpuModel.load(new GpuContext(await gpuDevice(), true), folder)
})

afterAll(() => model?.destroy())

async function train(change: Partial<RunInputs> = {}) {
  const { lora, weightDecay, clipNorm, seed } = settings
  const optimizer = { ...ADAMW_DEFAULTS, weightDecay, clipNorm }
  const adapter = createAdapter(lora, model.model.linearModules, seed)
  const step = await createTrainingStep(model, adapter, { lora, layout: batches.layout, optimizer, activationCheckpointing: false, seed })
  const checkpoints: RunState[] = []
  const events: TrainingEvent[] = []
  try {
    const result = await runTraining({
      run: 'gpu', settings, totalSteps: 8, step, batches, validation: batches.validation, from: undefined, control: new RunControl(),
      clock: () => performance.now() / 1000, saveCheckpoint: async (state) => void checkpoints.push(state),
      onEvent: (event) => void events.push(event), ...change,
    })
    return { ...result, checkpoints, events }
  } finally {
    step.destroy()
  }
}

describe('a run on the device', () => {
  it('F60 F61 learns; the same seed gives the same curve, and a run resumed from a checkpoint ends the same', async () => {
    const whole = await train()
    expect(whole.state.validationLosses.at(-1)![1]).toBeLessThan(whole.state.validationLosses[0]![1])
    expect(whole.checkpoints.map(({ step }) => step)).toEqual([3, 6])
    const again = await train()
    expect(again.state.trainingLosses).toEqual(whole.state.trainingLosses)
    const resumed = await train({ from: structuredClone(whole.checkpoints[0]!) })
    expect(resumed.state.trainingLosses).toEqual(whole.state.trainingLosses)
    expect(resumed.adapter).toEqual(whole.adapter)
    expect(resumed.state.optimizer).toEqual(whole.state.optimizer)
  })
})

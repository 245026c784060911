/** A step on TensorFlow.js beside one on ONNX Runtime, whose gradients follow other rules; and what it leaves on the backend. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAdapter } from '../../src/adapters/init.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase } from '../../src/cli/parity/case.ts'
import { openNodeTfjs } from '../../src/cli/tfjs.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { BatchLayout, MicroBatch } from '../../src/data/types.ts'
import { createTfjsDecoder } from '../../src/generate/tfjs-decoder.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import { TfjsModel } from '../../src/runtime/tfjs-model.ts'
import type { OpenTfjs } from '../../src/service/engines/tfjs.ts'
import { createOnnxTrainingStep } from '../../src/train/onnx-training-step.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import type { TrainingStepSettings } from '../../src/train/step-settings.ts'
import { createTfjsTrainingStep, planTfjsTraining } from '../../src/train/tfjs-training-step.ts'
import type { TrainingStep } from '../../src/train/types.ts'
import { difference } from '../engine/closeness.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'

const golden = join(import.meta.dirname, '../fixtures/goldens/llama-tied')
const SAMPLING = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1, adapterStrength: 1 }

let opened: OpenTfjs
let model: TfjsModel
let onnxModel: OnnxModel
let layout: BatchLayout
let batches: MicroBatch[]
const settings = (dropout: number): TrainingStepSettings => ({
  lora: { rank: 4, alpha: 8, dropout, useRsLora: false, targetModules: ['q_proj', 'v_proj', 'o_proj', 'down_proj'] },
  layout, optimizer: { ...ADAMW_DEFAULTS, weightDecay: 0.01, clipNorm: 1 }, activationCheckpointing: false, seed: 5,
})
const adapter = () => createAdapter(settings(0).lora, model.model.linearModules, 3)

beforeAll(async () => {
  opened = await openNodeTfjs()
  const folder = await openCaseModel(golden)
  model = await TfjsModel.load(opened.tf, folder)
  onnxModel = OnnxModel.open(onnxRuntime, folder)
  const { examples } = await readCase(golden)
  const parts = [examples.slice(0, 2), examples.slice(2)]
  layout = planLayout(parts.map((part) => part.map(exampleSize)))
  batches = parts.map((part) => packMicroBatch(part, layout))
})

afterAll(() => {
  model?.destroy()
  opened?.close()
})

it('takes the steps that ONNX Runtime takes: losses, gradient norms and adapters, with dropout, over two micro-batches', async () => {
  const run = async (step: TrainingStep) => {
    const metrics = []
    for (let i = 0; i < 5; i++) metrics.push(await step.step(batches, { learningRate: 0.01, randomStep: i }))
    const [held, learnt] = [await step.evaluate(batches[0]!), await step.readAdapter()]
    step.destroy()
    return { numbers: metrics.flatMap(({ loss, gradientNorm }) => [loss, gradientNorm]), held, learnt }
  }
  const tfjs = await run(createTfjsTrainingStep(model, adapter(), settings(0.3)))
  const onnx = await run(await createOnnxTrainingStep(onnxModel, adapter(), settings(0.3)))
  // f32 in another order; AdamW's first steps divide gradients by their own size, which enlarges what is lost.
  expect(difference(tfjs.numbers, onnx.numbers, 1e-4)).toBeUndefined()
  expect(tfjs.held.lossSum).toBeCloseTo(onnx.held.lossSum, 3)
  for (const [i, { module, a, b }] of tfjs.learnt.pairs.entries()) {
    expect(difference(a, onnx.learnt.pairs[i]!.a, 1e-3), module).toBeUndefined()
    expect(difference(b, onnx.learnt.pairs[i]!.b, 1e-3), module).toBeUndefined()
  }
})

it('keeps no tensor: as many after 100 steps, evaluations and an answer broken off as after one', async () => {
  const { tf } = opened
  const step = createTfjsTrainingStep(model, adapter(), settings(0.1))
  const one = () => step.step([batches[0]!], { learningRate: 0.001, randomStep: 1 })
  await one()
  const { numTensors, numDataBuffers } = tf.memory()
  for (let i = 0; i < 100; i++) await one()
  await step.evaluate(batches[1]!)
  const decoder = createTfjsDecoder(model, adapter())
  for await (const _token of decoder.decode([1, 2, 3], SAMPLING)) break
  decoder.destroy()
  step.destroy()
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers })
}, 120_000)

it('the plan counts what grows with the batch, and the weights once', () => {
  const small = planTfjsTraining(model, settings(0))
  const large = planTfjsTraining(model, { ...settings(0), layout: { ...layout, rows: layout.rows * 2, targetCapacity: layout.targetCapacity * 2 } })
  expect(small.weightBytes).toBe(model.weightBytes)
  expect(large.activationBytes).toBeGreaterThan(1.9 * small.activationBytes)
  expect(large.totalBytes - small.totalBytes).toBe(large.activationBytes - small.activationBytes)
})

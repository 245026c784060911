/** Different ways to the same numbers on a random-weight T5: packing, engines, dropout, recomputing, and cached answers. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdapter } from '../../src/adapters/init.ts'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import { openNodeTfjs } from '../../src/cli/tfjs.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { BatchLayout, MicroBatch } from '../../src/data/types.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { createOnnxDecoder } from '../../src/generate/onnx-decoder.ts'
import { onnxLogits } from '../../src/generate/onnx-logits.ts'
import { createTfjsDecoder } from '../../src/generate/tfjs-decoder.ts'
import type { Decoder } from '../../src/generate/types.ts'
import { createDecoder } from '../../src/generate/webgpu-decoder.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import { TfjsModel } from '../../src/runtime/tfjs-model.ts'
import { createOnnxTrainingStep } from '../../src/train/onnx-training-step.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import type { TrainingStepSettings } from '../../src/train/step-settings.ts'
import type { TrainingStep } from '../../src/train/types.ts'
import { createTrainingStep } from '../../src/train/webgpu-training-step.ts'
import { difference } from '../engine/closeness.ts'
import { gpuDevice } from '../support/gpu.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'

/** f32 sums in another order. */
const TOLERANCE = 1e-5
const golden = join(import.meta.dirname, '../fixtures/goldens/t5-relu')
/** Both halves, and the attention between them. */
const TARGETS = ['q', 'k', 'wi']

let given: ParityCase
let layout: BatchLayout
let packed: MicroBatch
let onnx: OnnxModel
let gpu: GpuModel

beforeAll(async () => {
  given = await readCase(golden)
  layout = planLayout([given.examples.map(exampleSize)])
  packed = packMicroBatch(given.examples, layout)
  const folder = await openCaseModel(golden)
  onnx = OnnxModel.open(onnxRuntime, folder)
  gpu = await GpuModel.load(new GpuContext(await gpuDevice(), true), folder)
})

afterAll(() => gpu?.destroy())

const settings = (change: Partial<TrainingStepSettings> = {}, dropout = 0): TrainingStepSettings => ({
  lora: { ...given.init.config, targetModules: TARGETS, dropout }, layout, seed: 11, activationCheckpointing: false,
  optimizer: { ...ADAMW_DEFAULTS, weightDecay: 0.01, clipNorm: 1 }, ...change,
})

/** B is not zero, so that A has a gradient. */
function begin(): LoraAdapter {
  const fresh = createAdapter(settings().lora, onnx.model.linearModules, 5)
  return { ...fresh, pairs: fresh.pairs.map((pair) => ({ ...pair, b: pair.b.map((_, i) => Math.sin(i) / 20) })) }
}

type Gradients = TrainingStep & { readGradient(batches: readonly MicroBatch[]): Promise<LoraAdapter> }

async function using<T>(step: Gradients, use: (step: Gradients) => Promise<T>): Promise<T> {
  try {
    return await use(step)
  } finally {
    step.destroy()
  }
}

const gradientOf = async (step: Gradients, batches: readonly MicroBatch[]) => using(step, (made) => made.readGradient(batches))

const differences = (actual: LoraAdapter, expected: LoraAdapter) =>
  expected.pairs.flatMap((pair, p) =>
    (['a', 'b'] as const).flatMap((side) => {
      const found = difference(actual.pairs[p]![side], pair[side], TOLERANCE)
      return found ? [`${pair.module} ${side}: ${found}`] : []
    }),
  )

/** One example with the source of another. */
const swapped = () => packMicroBatch(given.examples.map((example, i) => (i === 0 ? { ...example, source: given.examples[1]!.source! } : example)), layout)

describe('the gradient of a batch', () => {
  it('is that of its examples, each packed alone: none sees the source or the answer of another', async () => {
    const alone = given.examples.map((example) => packMicroBatch([example], layout))
    const together = await gradientOf(await createOnnxTrainingStep(onnx, begin(), settings()), [packed])
    expect(differences(await gradientOf(await createOnnxTrainingStep(onnx, begin(), settings()), alone), together)).toEqual([])
    const other = await gradientOf(await createOnnxTrainingStep(onnx, begin(), settings()), [swapped()])
    expect(differences(other, together)).not.toEqual([])
  })

  it('is the same on WebGPU, with every value kept and with layers of both halves recomputed', async () => {
    const expected = await gradientOf(await createOnnxTrainingStep(onnx, begin(), settings()), [packed])
    const bytes: number[] = []
    for (const activationCheckpointing of [false, true]) {
      const step = await createTrainingStep(gpu, begin(), settings({ activationCheckpointing }))
      bytes.push(step.report.activationBytes)
      expect(differences(await gradientOf(step, [packed]), expected)).toEqual([])
    }
    expect(bytes[1]).toBeLessThan(bytes[0]!)
  }, 600_000)
})

it('dropout has the same bits on both engines, whether tokens are read by the encoder or the decoder', async () => {
  const losses = (step: Gradients, from: number) =>
    using(step, async (made) => [
      (await made.step([packed], { learningRate: 5e-3, randomStep: from })).loss,
      (await made.step([packed], { learningRate: 5e-3, randomStep: from + 1 })).loss,
    ])
  const expected = await losses(await createTrainingStep(gpu, begin(), settings({}, 0.3)), 0)
  const onProcessor = async (from: number) => losses(await createOnnxTrainingStep(onnx, begin(), settings({}, 0.3)), from)
  expect(difference(await onProcessor(0), expected, 2e-5)).toBeUndefined()
  expect(difference(await onProcessor(100), expected, 1e-4)).toMatch(/^at/)
}, 600_000)

describe('F107 answers with cached keys and values are those of whole passes', () => {
  const COUNT = 10
  const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, adapterStrength: 1 }

  /** Each token the likeliest of a pass over the source and all before it. */
  async function uncached(source: Uint32Array): Promise<number[]> {
    const tokens = [onnx.model.encoder!.startToken]
    const { vocabularySize } = onnx.model
    for (let i = 0; i < COUNT; i++) {
      const example = { row: 1, source, tokens: Uint32Array.from(tokens), weights: new Float32Array(tokens.length).fill(1), truncated: 0 }
      const logits = await onnxLogits(onnx, packMicroBatch([example], planLayout([[exampleSize(example)]])), given.trained)
      const last = logits.subarray((tokens.length - 1) * vocabularySize, tokens.length * vocabularySize)
      tokens.push(last.indexOf(Math.max(...last)))
    }
    return tokens.slice(1)
  }

  async function answer(decoder: Decoder, source: Iterable<number>): Promise<number[]> {
    const made: number[] = []
    for await (const token of decoder.decode([...source], greedy)) if (made.push(token) === COUNT) break
    return made
  }

  let expected: number[][]
  const sources = () => [given.examples[0]!.source!, given.examples[2]!.source!]

  beforeAll(async () => {
    expected = [await uncached(sources()[0]!), await uncached(sources()[1]!)]
    expect(expected[0]).not.toEqual(expected[1])
  })

  it.each(['onnx', 'tfjs', 'webgpu'])('on %s, one source after another', async (engine) => {
    const tfjs = engine === 'tfjs' ? await TfjsModel.load((await openNodeTfjs()).tf, await openCaseModel(golden)) : undefined
    const decoder =
      engine === 'onnx' ? await createOnnxDecoder(onnx, given.trained) : tfjs ? createTfjsDecoder(tfjs, given.trained) : await createDecoder(gpu, given.trained, { contextLength: 48 })
    for (const [i, source] of sources().entries()) expect(await answer(decoder, source)).toEqual(expected[i])
    decoder.destroy()
    tfjs?.destroy()
  }, 600_000)
})

/** Training on the processor beside training on WebGPU: the same losses with dropout too, a run that changes engines, flat memory. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdapter } from '../../src/adapters/init.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import { inBlocks } from '../../src/data/batch/in-blocks.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { BatchLayout, MicroBatch } from '../../src/data/types.ts'
import { HomespunError } from '../../src/errors.ts'
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import { createOnnxTrainingStep } from '../../src/train/onnx-training-step.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import type { TrainingStepSettings } from '../../src/train/step-settings.ts'
import type { TrainingStep } from '../../src/train/types.ts'
import { createTrainingStep } from '../../src/train/webgpu-training-step.ts'
import { gpuDevice } from '../support/gpu.ts'

const golden = join(import.meta.dirname, '../fixtures/goldens/llama-tied')

/** Every memory that WebAssembly opens from here on: ONNX Runtime keeps its own to itself. */
const memories: WebAssembly.Memory[] = []
const wasmBytes = () => memories.reduce((bytes, memory) => bytes + memory.buffer.byteLength, 0)

let runtime: OnnxRuntime
let given: ParityCase
let layout: BatchLayout
let whole: MicroBatch
let gpu: GpuModel
let onnx: OnnxModel

beforeAll(async () => {
  const { Memory } = WebAssembly
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      memories.push(this)
    }
  }
  runtime = await import('onnxruntime-web')
  given = await readCase(golden)
  layout = planLayout([given.examples.map(exampleSize)])
  whole = packMicroBatch(given.examples, layout)
  const folder = await openCaseModel(golden)
  gpu = await GpuModel.load(new GpuContext(await gpuDevice(), true), folder)
  onnx = OnnxModel.open(runtime, folder)
})

afterAll(() => gpu?.destroy())

const settings = (dropout: number): TrainingStepSettings => ({
  lora: { ...given.init.config, dropout }, layout, seed: 11, activationCheckpointing: false,
  optimizer: { ...ADAMW_DEFAULTS, weightDecay: 0.01, clipNorm: 1 },
})

const begin = (dropout: number) => createAdapter(settings(dropout).lora, onnx.model.linearModules, 5)
const onGpu = (dropout: number) => createTrainingStep(gpu, begin(dropout), settings(dropout))
const onProcessor = (dropout: number) => createOnnxTrainingStep(onnx, begin(dropout), settings(dropout))

async function losses(step: TrainingStep, batches: readonly MicroBatch[], from: number, to: number): Promise<number[]> {
  const found: number[] = []
  for (let i = from; i < to; i++) found.push((await step.step(batches, { learningRate: 5e-3, randomStep: i })).loss)
  return found
}

/** Relative to the expected ones. */
const gap = (actual: readonly number[], expected: readonly number[]) => Math.max(...expected.map((loss, i) => Math.abs(actual[i]! - loss) / loss))

const halves = () => {
  const middle = Math.ceil(given.examples.length / 2)
  return [given.examples.slice(0, middle), given.examples.slice(middle)].map((part) => packMicroBatch(part, layout))
}

describe('on the processor', () => {
  it.each([0, 0.2])('the losses are those of WebGPU, with a dropout of %s: the same bits', async (dropout) => {
    const [a, b] = [await onGpu(dropout), await onProcessor(dropout)]
    const [expected, actual] = [await losses(a, [whole], 0, 6), await losses(b, [whole], 0, 6)]
    a.destroy()
    b.destroy()
    expect(gap(actual, expected)).toBeLessThan(2e-5)
  })

  it('the control: other bits of dropout are other losses', async () => {
    const [a, b] = [await onProcessor(0.2), await onProcessor(0.2)]
    const [one, other] = [await losses(a, [whole], 0, 3), await losses(b, [whole], 100, 103)]
    a.destroy()
    b.destroy()
    expect(gap(one, other)).toBeGreaterThan(1e-3)
  })

  it('F62 a whole batch and its halves, accumulated, are the same step', async () => {
    const [a, b] = [await onProcessor(0), await onProcessor(0)]
    const [together, apart] = [await losses(a, [whole], 0, 4), await losses(b, halves(), 0, 4)]
    a.destroy()
    b.destroy()
    expect(gap(apart, together)).toBeLessThan(1e-5)
  })

  it('F96 a run begun on WebGPU goes on from its checkpoint on the processor, and back', async () => {
    const all = await onGpu(0.1)
    const expected = await losses(all, [whole], 0, 9)
    all.destroy()
    const found: number[] = []
    let [adapter, optimizer] = [begin(0.1), undefined as Awaited<ReturnType<TrainingStep['readOptimizer']>> | undefined]
    for (const [part, open] of [onGpu, onProcessor, onGpu].entries()) {
      const step: TrainingStep = await open(0.1)
      step.writeAdapter(adapter)
      if (optimizer) step.writeOptimizer(optimizer)
      found.push(...(await losses(step, [whole], 3 * part, 3 * part + 3)))
      adapter = await step.readAdapter()
      optimizer = await step.readOptimizer()
      step.destroy()
    }
    expect(gap(found, expected)).toBeLessThan(5e-5)
  })

  it('an evaluation changes nothing and agrees with WebGPU', async () => {
    const [a, b] = [await onGpu(0.3), await onProcessor(0.3)]
    const [one, other] = [await a.evaluate(whole), await b.evaluate(whole)]
    expect(gap([other.lossSum], [one.lossSum])).toBeLessThan(1e-5)
    expect((await b.readAdapter()).pairs[0]!.a).toEqual(begin(0.3).pairs[0]!.a)
    a.destroy()
    b.destroy()
  })

  it('memory is flat over 1,000 steps', async () => {
    const step = await onProcessor(0)
    await losses(step, [whole], 0, 20)
    const before = wasmBytes()
    await losses(step, [whole], 20, 1020)
    step.destroy()
    expect(before).toBeGreaterThan(2 ** 20)
    expect(wasmBytes()).toBe(before)
  }, 300_000)

  it('a session that cannot be made says so in words, and leaves the next one alone', async () => {
    const refusing: OnnxRuntime = { ...runtime, InferenceSession: { create: () => Promise.reject(new Error('std::bad_alloc')) } }
    const folder = await openCaseModel(golden)
    await expect(createOnnxTrainingStep(OnnxModel.open(refusing, folder), begin(0), settings(0))).rejects.toMatchObject({
      code: 'wasm-out-of-memory', fix: 'Choose a smaller model.',
    })
    const step = await onProcessor(0)
    expect((await losses(step, [whole], 0, 1))[0]).toBeGreaterThan(0)
    step.destroy()
  })

  it('an evaluation asks no second session, and takes no more memory', async () => {
    let sessions = 0
    const create: OnnxRuntime['InferenceSession']['create'] = (...from) => {
      sessions++
      return runtime.InferenceSession.create(...from)
    }
    const model = OnnxModel.open({ ...runtime, InferenceSession: { create } }, await openCaseModel(golden))
    const step = await createOnnxTrainingStep(model, begin(0), settings(0))
    await losses(step, [whole], 0, 2)
    const before = wasmBytes()
    expect((await step.evaluate(whole)).lossSum).toBeGreaterThan(0)
    expect((await losses(step, [whole], 2, 3))[0]).toBeGreaterThan(0)
    step.destroy()
    expect([sessions, wasmBytes()]).toEqual([1, before])
  })

  it('a weight file that has gone is told by its name', async () => {
    const folder = await openCaseModel(golden)
    const gone = (name: string) => ({ name, size: 2 ** 20, read: () => Promise.reject(new HomespunError('file-unreadable', `${name} has gone.`)) })
    const tensors = new Map([...folder.tensors].map(([name, at]) => [name, { ...at, source: gone('model.safetensors') }]))
    const model = OnnxModel.open(runtime, { ...folder, tensors })
    await expect(createOnnxTrainingStep(model, begin(0), settings(0))).rejects.toMatchObject({
      code: 'file-unreadable', message: 'model.safetensors has gone.',
    })
  })
})

describe('a batch in rows', () => {
  it('keeps every token and target, each in a row as long as the longest example', () => {
    const { batch, origin } = inBlocks(whole)
    const longest = Math.max(...given.examples.map(({ tokens }) => tokens.length))
    expect(batch.layout.rowLength).toBe(longest)
    expect([...origin].filter((at) => at >= 0).sort((a, b) => a - b)).toEqual([...whole.segmentIds.keys()].filter((i) => whole.segmentIds[i] !== 0))
    const pairs = ({ targetRows, targetIds, targetWeights, tokens }: MicroBatch) =>
      [...targetWeights.keys()].filter((m) => targetWeights[m] !== 0).map((m) => `${tokens[targetRows[m]!]}→${targetIds[m]}`).sort()
    expect(pairs(batch)).toEqual(pairs(whole))
    expect(batch.layout.targetCapacity % batch.layout.rows).toBe(0)
  })

  it('an empty one is a row of padding', () => {
    const { batch } = inBlocks(packMicroBatch([], layout))
    expect(batch.layout).toMatchObject({ rows: 1, rowLength: 1, targetCapacity: 1 })
    expect(batch.weightSum).toBe(0)
  })
})

/** A training step on a device: what it takes, what it refuses, and that running on and on takes nothing more. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openNodeDevice } from '../../src/cli/dawn.ts'
import { createDecoder } from '../../src/generate/webgpu-decoder.ts'
import type { GpuModel } from '../../src/runtime/gpu-model.ts'
import { gpuDevice } from '../support/gpu.ts'
import { loadTinyModel, tinyAdapter, tinyBatch, tinyStep } from './tiny-model.ts'

const RATE = { learningRate: 1e-3, randomStep: 0 }
const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, adapterStrength: 1 }
const batch = tinyBatch([1, 5, 9, 2, 7, 3])

let model: GpuModel
let step: Awaited<ReturnType<typeof tinyStep>>
let before: { buffers: number; bytes: number }

beforeAll(async () => {
  model = await loadTinyModel(await gpuDevice())
  before = model.gpu.memory
  step = await tinyStep(model)
})

afterAll(() => model?.destroy())

describe('what a training step takes', () => {
  it('F65 is what its plan says, to the byte and the buffer, and the same after 1,000 steps as after 10', async () => {
    const taken = () => ({ buffers: model.gpu.memory.buffers - before.buffers, bytes: model.gpu.memory.bytes - before.bytes })
    const { report } = step
    expect(before.bytes).toBe(report.weightBytes)
    expect(taken()).toEqual({ buffers: report.buffers, bytes: report.totalBytes - report.weightBytes })
    const made = (['createBuffer', 'createBindGroup', 'createComputePipeline', 'createComputePipelineAsync', 'createShaderModule'] as const)
      .map((name) => vi.spyOn(model.gpu.device, name))
    const losses: number[] = []
    let waiting: Promise<{ loss: number }> | undefined
    for (let i = 0; i < 1000; i++) {
      const next = step.step([batch], { learningRate: 1e-3, randomStep: i })
      if (waiting) losses.push((await waiting).loss)
      waiting = next
      if (i === 10) expect(taken()).toEqual({ buffers: report.buffers, bytes: report.totalBytes - report.weightBytes })
    }
    losses.push((await waiting!).loss)
    await step.evaluate(batch)
    expect(made.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0, 0])
    made.forEach((spy) => spy.mockRestore())
    expect(taken()).toEqual({ buffers: report.buffers, bytes: report.totalBytes - report.weightBytes })
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2)
  }, 600_000)

  it('is given back when it is destroyed', async () => {
    const other = await loadTinyModel(await gpuDevice())
    const loaded = other.gpu.memory
    const made = await tinyStep(other)
    expect(other.gpu.memory.bytes).toBeGreaterThan(loaded.bytes)
    made.destroy()
    expect(other.gpu.memory).toEqual(loaded)
    other.destroy()
    expect(other.gpu.memory).toEqual({ buffers: 0, bytes: 0 })
  })
})

describe('what never reaches the GPU', () => {
  it.each([
    ['token', tinyBatch([1, 13, 2]), 'token-out-of-range'],
    ['target', { ...batch, targetIds: batch.targetIds.map((id, i) => (i === 1 ? 0xffffffff : id)) }, 'token-out-of-range'],
    ['position', { ...batch, positions: batch.positions.map((position, i) => (i === 2 ? 16 : position)) }, 'example-too-long'],
  ])('F59 a %s outside the model is refused, and the next step is as if it had not been asked', async (_, bad, code) => {
    step.writeAdapter(tinyAdapter())
    const gradient = await step.readGradient([batch])
    const submit = vi.spyOn(model.gpu.device.queue, 'submit')
    await expect(step.step([batch, bad], RATE)).rejects.toMatchObject({ code })
    await expect(step.evaluate(bad)).rejects.toMatchObject({ code })
    await expect(step.readGradient([batch, bad])).rejects.toMatchObject({ code })
    expect(submit).not.toHaveBeenCalled()
    submit.mockRestore()
    expect(await step.readGradient([batch])).toEqual(gradient)
  })

  it('F52 a step in which nothing is to be learnt', async () => {
    await expect(step.step([tinyBatch([1, 2, 3], 0)], RATE)).rejects.toMatchObject({ code: 'no-targets' })
  })

  it('F59 a prompt with a token outside the vocabulary', async () => {
    const decoder = await createDecoder(model, undefined)
    const submit = vi.spyOn(model.gpu.device.queue, 'submit')
    for (const token of [13, -1, 1.5, NaN]) {
      await expect(decoder.decode([1, token, 2], greedy).next()).rejects.toMatchObject({ code: 'token-out-of-range' })
    }
    expect(submit).not.toHaveBeenCalled()
    submit.mockRestore()
    decoder.destroy()
  })

  it('an adapter of another model', () => {
    const other = tinyAdapter()
    expect(() => step.writeAdapter({ ...other, pairs: other.pairs.slice(1) })).toThrow(expect.objectContaining({ code: 'adapter-mismatch', where: 'model.layers.0.self_attn.q_proj' }))
  })
})

describe('a loss that is not finite', () => {
  it('F53 F54 is told, leaves the adapter as it was, and the next step is sound', async () => {
    step.writeAdapter(tinyAdapter())
    const sound = await step.readAdapter()
    const broken = tinyAdapter()
    broken.pairs[0]!.a[0] = NaN
    step.writeAdapter(broken)
    const result = await step.step([batch], RATE)
    expect(result.skipped).toBe(true)
    expect(result.loss).toBeNaN()
    expect(await step.readAdapter()).toEqual(broken)
    step.writeAdapter(sound)
    expect(await step.step([batch], RATE)).toMatchObject({ skipped: false })
  })
})

describe('F71 a device lost in the middle of a step', () => {
  it('settles every promise with gpu-lost: steps, evaluation, reading the adapter, and all that is asked after', async () => {
    const { device } = await openNodeDevice()
    const lostModel = await loadTinyModel(device)
    const lostStep = await tinyStep(lostModel)
    await lostStep.step([batch], RATE)
    const waiting: Promise<unknown>[] = [lostStep.step([batch, batch], RATE), lostStep.step([batch], RATE), lostStep.evaluate(batch), lostStep.readAdapter(), lostStep.readOptimizer()]
    device.destroy()
    const settled = [...(await Promise.allSettled(waiting)), ...(await Promise.allSettled([lostStep.step([batch], RATE), lostStep.readAdapter()]))]
    for (const result of settled) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'gpu-lost' } })
    lostStep.destroy()
    lostModel.destroy()
  })
})

/** Logits of a whole pass on WebGPU with an adapter: those of the processor, and nothing is left behind by a pass that failed. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { forwardGraph, oneSequence } from '../../src/generate/forward-graph.ts'
import { onnxLogits } from '../../src/generate/onnx-logits.ts'
import { webGpuLogits } from '../../src/generate/webgpu-logits.ts'
import { makePlan } from '../../src/engine/plan.ts'
import type { GpuModel } from '../../src/runtime/gpu-model.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import { difference } from '../engine/closeness.ts'
import { loadTinyModel, tinyAdapter, tinyFolder } from '../engine/tiny-model.ts'
import { gpuDevice } from '../support/gpu.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'

const tokens = oneSequence([1, 5, 9, 2, 12])
const fresh = tinyAdapter()
const adapter = { ...fresh, pairs: fresh.pairs.map((pair) => ({ ...pair, b: pair.b.map((_, i) => Math.sin(i)) })) }
let model: GpuModel

beforeAll(async () => {
  model = await loadTinyModel(await gpuDevice())
})
afterAll(() => model?.destroy())

it('an adapter counts whole whose last matrix fills no aligned place', async () => {
  const { graph, layout, logits } = forwardGraph(model, tokens, adapter)
  // What the case is about: a program asks for less of the store than the adapter takes.
  expect(Math.max(...makePlan(graph, [logits], model.gpu.traits).stores.values())).toBeLessThan(4 * layout!.size)
  const expected = await onnxLogits(OnnxModel.open(onnxRuntime, tinyFolder), tokens, adapter)
  expect(difference(await webGpuLogits(model, tokens, adapter), expected, 1e-5)).toBeUndefined()
  expect(difference(await webGpuLogits(model, tokens, undefined), expected, 1e-2)).toMatch(/^at/)
})

it('a pass whose kernels cannot be made leaves no memory taken', async () => {
  const before = model.gpu.memory
  const get = vi.spyOn(model.pipelines, 'get').mockRejectedValue(new Error('no kernel'))
  await expect(webGpuLogits(model, tokens, adapter)).rejects.toThrow('no kernel')
  expect(model.gpu.memory).toEqual(before)
  get.mockRestore()
})

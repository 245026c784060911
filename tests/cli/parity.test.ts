/** Two random-weight models against PyTorch and PEFT, and proof that the comparison sees a weight that is 1 % off. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openNodeDevice } from '../../src/cli/dawn.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase } from '../../src/cli/parity/case.ts'
import { figureTable, logitsFigure, passes } from '../../src/cli/parity/compare.ts'
import { batchLogits } from '../../src/cli/parity/logits.ts'
import { caseFigures } from '../../src/cli/parity/numbers.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { Graph } from '../../src/engine/graph.ts'
import { readTensorAsFloat32 } from '../../src/hub/safetensors/read-tensor.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'

const golden = (name: string) => join(import.meta.dirname, '../fixtures/goldens', name)

describe.each(['llama-tied', 'llama3-scaled'])('%s', (name) => {
  it('gives the numbers of PyTorch and PEFT: logits, gradients, 20 steps, the adapter, greedy tokens', async () => {
    const opened = await openNodeDevice()
    const given = await readCase(golden(name))
    const figures = await caseFigures(given, opened, () => undefined)
    opened.device.destroy()
    expect(figures).toHaveLength(9)
    expect(
      figures.filter((figure) => !passes(figure)),
      figureTable(name, figures),
    ).toEqual([])
  }, 600_000)

  it('is over tolerance when any one weight matrix is scaled by 1.01', async () => {
    const { device, report } = await openNodeDevice()
    const given = await readCase(golden(name))
    const batch = packMicroBatch(given.examples, planLayout([given.examples.map(exampleSize)]))
    const { config, tensors } = await openCaseModel(given.modelPath)
    const model = await GpuModel.load(new GpuContext(device, report.software), { config, tensors })
    const unnoticed: string[] = []
    const matrices = model.model.tensors.filter(({ shape }) => shape.length === 2)
    for (const { name, shape } of matrices) {
      const weight = model.declareWeight(new Graph(), name, shape)
      const values = await readTensorAsFloat32(tensors.get(name)!)
      const write = (factor: number) =>
        model.memory.writeWeight(weight, 0, new Uint8Array(values.map((value) => value * factor).buffer))
      write(1.01)
      if (passes(logitsFigure('base', given, batch, await batchLogits(model, batch, undefined)))) unnoticed.push(name)
      write(1)
    }
    const restored = logitsFigure('base', given, batch, await batchLogits(model, batch, undefined))
    model.destroy()
    device.destroy()
    expect(matrices.length).toBeGreaterThan(14)
    expect(unnoticed).toEqual([])
    expect(passes(restored)).toBe(true)
  }, 600_000)
})

/** A model whose weights are quantised trains and answers as one whose f32 weights were rounded to the same numbers, whole graph and gradient. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openNodeEngine } from '../../src/cli/engine.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import { isQuantised } from '../../src/engine/kernel.ts'
import { dequantiseRows, quantiseRows } from '../../src/engine/quantised/rows.ts'
import { readTensorAsFloat32 } from '../../src/hub/safetensors/read-tensor.ts'
import type { ModelFolder, TensorLocation } from '../../src/hub/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import type { WeightDtype } from '../../src/models/weight-dtypes.ts'
import { weightStorages } from '../../src/runtime/weight-dtype.ts'
import type { OpenEngine } from '../../src/service/ports.ts'
import { difference } from '../engine/closeness.ts'
import { tensorInMemory } from '../engine/tiny-model.ts'

const golden = (name: string) => join(import.meta.dirname, '../fixtures/goldens', name)

/** The numbers that quantised matrices stand for, as f32. */
async function rounded({ config, tensors }: Pick<ModelFolder, 'config' | 'tensors'>, weights: WeightDtype): Promise<Map<string, TensorLocation>> {
  const storages = weightStorages(modelFromConfig(config, undefined, tensors), () => 'f32', weights)
  const entries = [...tensors].map(async ([name, tensor]): Promise<[string, TensorLocation]> => {
    const storage = storages.get(name)
    if (!storage || !isQuantised(storage)) return [name, tensor]
    const columns = tensor.shape[1]!
    const values = dequantiseRows(quantiseRows(await readTensorAsFloat32(tensor), columns, storage), columns, storage)
    return [name, tensorInMemory(name, 'F32', tensor.shape, new Uint8Array(values.buffer))]
  })
  return new Map(await Promise.all(entries))
}

/** Losses of three steps with a large rate. */
async function losses(engine: OpenEngine, folder: Pick<ModelFolder, 'config' | 'tensors'>, weights: WeightDtype, given: ParityCase): Promise<number[]> {
  const layout = planLayout([given.examples.map(exampleSize)])
  const model = await engine.loadModel(folder as ModelFolder, () => undefined, weights)
  const settings = { weightDecay: 0, clipNorm: 1, seed: 1, activationCheckpointing: false }
  const step = await model.createStep({ lora: given.init.config, layout, settings }, given.init)
  const found: number[] = []
  for (let i = 0; i < 3; i++) found.push((await step.step([packMicroBatch(given.examples, layout)], { learningRate: 1e-2, randomStep: i })).loss)
  step.destroy()
  model.destroy()
  return found
}

const both = (...folders: string[]) => folders.flatMap((folder) => (['int8', 'int4'] as const).map((weights) => [folder, weights] as const))

/** int4 has matrices in int8 as well, and WebGPU in software compiles slowly. */
const CASES = { webgpu: [['llama-tied', 'int4']], onnx: both('llama-tied', 'gpt2', 't5-relu'), tfjs: both('llama-tied') } as const

describe.each(['webgpu', 'onnx', 'tfjs'] as const)('%s', (name) => {
  it.each(CASES[name])('%s in %s', async (path, weights) => {
    const [given, folder] = [await readCase(golden(path)), await openCaseModel(golden(path))]
    const engine = await openNodeEngine(name)
    const expected = await losses(engine, { config: folder.config, tensors: await rounded(folder, weights) }, 'stored', given)
    expect(expected[2]).toBeLessThan(expected[0]! * 0.999)
    expect(difference(await losses(engine, folder, weights, given), expected, 1e-5)).toBeUndefined()
    // The control: the numbers before they were rounded.
    expect(difference(await losses(engine, folder, 'stored', given), expected, 1e-5)).toBeDefined()
    engine.close()
  }, 600_000)
})

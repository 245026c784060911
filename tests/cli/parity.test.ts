/** Random-weight models against PyTorch and PEFT, and proof that the comparison sees a weight that is 1 % off. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase } from '../../src/cli/parity/case.ts'
import { figureTable, logitsFigure, passes } from '../../src/cli/parity/compare.ts'
import { openParityEngine } from '../../src/cli/parity/engines.ts'
import { caseFigures } from '../../src/cli/parity/numbers.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { TensorLocation } from '../../src/hub/types.ts'

const golden = (name: string) => join(import.meta.dirname, '../fixtures/goldens', name)

const matrixNames = (tensors: ReadonlyMap<string, TensorLocation>) =>
  [...tensors.values()].filter(({ shape }) => shape.length === 2).map(({ name }) => name)

/** Where a norm follows a matrix, it takes a factor that all of it has in common out again. */
const NORMED_AFTERWARDS: readonly string[] = ['qwen3-qknorm', 'gemma3-text']

/** The same tensors, one of them with every number, or every second row, scaled by 1.01. */
function withScaled(tensors: ReadonlyMap<string, TensorLocation>, scaled: string, secondRows: boolean): Map<string, TensorLocation> {
  const location = tensors.get(scaled)!
  const width = location.shape.at(-1)!
  const read = async (begin: number, end: number) => {
    const values = new Float32Array((await location.source.read(begin, end)).buffer)
    const first = (begin - location.begin) / 4
    const isScaled = (i: number) => !secondRows || Math.floor((first + i) / width) % 2 === 1
    return new Uint8Array(values.map((value, i) => (isScaled(i) ? value * 1.01 : value)).buffer)
  }
  return new Map(tensors).set(scaled, { ...location, source: { ...location.source, read } })
}

/** In software WebGPU compiles slowly: what the other families have besides, the table of ops holds to its references there. */
const CASES = {
  webgpu: ['llama-tied', 'llama3-scaled', 'gemma3-text', 'gpt-neox'],
  onnx: ['llama-tied', 'llama3-scaled', 'mistral-window', 'qwen2-bias', 'qwen3-qknorm', 'gemma3-text', 'gpt2', 'gpt-neox', 't5-relu', 't5-gated'],
  tfjs: ['llama-tied', 'llama3-scaled', 'mistral-window', 'qwen2-bias', 'qwen3-qknorm', 'gemma3-text', 'gpt2', 'gpt-neox', 't5-relu', 't5-gated'],
} as const

describe.each(['webgpu', 'onnx', 'tfjs'] as const)('%s', (name) => {
  describe.each(CASES[name])('%s', (folder) => {
    it('gives the numbers of PyTorch and PEFT: logits, gradients, 20 steps, the adapter, greedy tokens', async () => {
      const engine = await openParityEngine(name)
      const given = await readCase(golden(folder))
      const figures = await caseFigures(given, engine, () => undefined)
      engine.destroy()
      expect(figures).toHaveLength(9)
      expect(
        figures.filter((figure) => !passes(figure)),
        figureTable(folder, figures),
      ).toEqual([])
    }, 600_000)

    it('is over tolerance when any one weight matrix is scaled by 1.01', async () => {
      const engine = await openParityEngine(name)
      const given = await readCase(golden(folder))
      const batch = packMicroBatch(given.examples, planLayout([given.examples.map(exampleSize)]))
      const { config, tensors } = await openCaseModel(given.modelPath)
      const noticed = async (scaled: Map<string, TensorLocation>) => {
        const model = await engine.load({ config, tensors: scaled })
        const logits = await model.logits(batch, undefined)
        model.destroy()
        return !passes(logitsFigure('base', given, batch, logits))
      }
      const names = matrixNames(tensors)
      const secondRows = NORMED_AFTERWARDS.includes(folder)
      const unnoticed: string[] = []
      for (const name of names) if (!(await noticed(withScaled(tensors, name, secondRows)))) unnoticed.push(name)
      expect(names.length).toBeGreaterThan(9)
      expect(unnoticed).toEqual([])
      expect(await noticed(new Map(tensors))).toBe(false)
      engine.destroy()
    }, 600_000)
  })
})

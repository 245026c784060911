/** What the Model room says of models before they are downloaded: figures that are planned, and whether they fit. */
import { expect, it } from 'vitest'
import { planMemory } from '../../scripts/catalogue/plan-memory.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { CONFIGS } from '../../scripts/catalogue/configs.ts'
import { NAMED_MODELS } from '../../src/state/catalogue/models.ts'
import memory from '../../src/state/catalogue/memory.json' with { type: 'json' }
import { judge, type Machine } from '../../src/state/fits.ts'

const GB = 1e9
const named = (repo: string) => NAMED_MODELS.find((model) => model.repo === repo)!
const on = (engine: Machine['engine'], memoryBytes?: number, freeBytes?: number): Machine => ({ engine, memoryBytes, freeBytes })
const verdict = (repo: string, machine: Machine) => judge(named(repo).memory[machine.engine], named(repo).bytesOnDisk, machine)

it.each(['webgpu', 'onnx'] as const)('the memory that is told is what a run is planned to take on %s', (engine) => {
  expect(memory['pythia-70m'][engine]).toEqual(planMemory('pythia-70m', engine))
  expect(planMemory('flan-t5-small', engine).stored).toBe(memory['flan-t5-small'][engine].stored)
})

it('every shape is a model of a known family with about as many parameters as are told', () => {
  const counts = Object.values(CONFIGS).map((config) => modelFromConfig(config).tensors.reduce((sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1), 0))
  const told = [...new Set(NAMED_MODELS.map(({ parameters }) => parameters))]
  for (const count of counts) expect(Math.min(...told.map((parameters) => Math.abs(parameters / count - 1)))).toBeLessThan(0.01)
  expect(counts).toHaveLength(Object.keys(memory).length)
})

it('what 32-bit WebAssembly cannot train is said, with what would do', () => {
  const tooLarge = verdict('mistralai/Mistral-7B-v0.3', on('onnx'))
  expect(tooLarge).toMatchObject({ fits: false, never: true, would: 'A GPU that the browser reaches through WebGPU would do.' })
  expect(tooLarge).toHaveProperty('why', expect.stringContaining('ends at 4.29 GB'))
  // The control: with a GPU and memory enough it fits.
  expect(verdict('mistralai/Mistral-7B-v0.3', on('webgpu', 64 * GB))).toMatchObject({ fits: true, weights: 'stored' })
})

it('weights are kept as exactly as fits', () => {
  expect(verdict('HuggingFaceTB/SmolLM2-135M', on('onnx'))).toMatchObject({ fits: true, weights: 'stored' })
  expect(verdict('Qwen/Qwen3-0.6B', on('onnx'))).toMatchObject({ fits: true, weights: 'int8' })
  expect(verdict('Qwen/Qwen3-0.6B', on('webgpu', 2.4 * GB))).toMatchObject({ fits: true, weights: 'int8' })
})

it('a browser that leaves too little storage is told of, and one that says nothing is trusted', () => {
  expect(verdict('HuggingFaceTB/SmolLM2-135M', on('webgpu', 8 * GB, 0.1 * GB))).toMatchObject({
    fits: false, never: false, why: 'It takes 271 MB of storage, and the browser leaves 100 MB.',
  })
  expect(verdict('HuggingFaceTB/SmolLM2-135M', on('webgpu'))).toMatchObject({ fits: true })
})

/** Plans: plain data that says every byte, and programs that take exactly those bytes and no more. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Graph } from '../../src/engine/graph.ts'
import { makePlan, planMemory, type Plan } from '../../src/engine/plan.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuMemory } from '../../src/engine/webgpu/memory.ts'
import { PipelineCache } from '../../src/engine/webgpu/pipelines.ts'
import { Program } from '../../src/engine/webgpu/program.ts'
import { evaluationGraph, microBatchGraph, updateGraph } from '../../src/train/training-graph.ts'
import { gpuDevice } from '../support/gpu.ts'
import { difference } from './closeness.ts'
import { OpDevice, VARIANTS, type CompiledGraph } from './device.ts'
import { interpret } from './interpret.ts'
import { tinyFeeds, tinyLlama } from './tiny-llama.ts'

const traits = { maxBindingBytes: 2 ** 27, maxWorkgroupsPerDimension: 65_535, ...VARIANTS.software }
const graphs: [string, () => Graph][] = [
  ['micro-batch', () => microBatchGraph(tinyLlama())],
  ['micro-batch with recomputation', () => microBatchGraph(tinyLlama({ activationCheckpointing: true, dropout: 0.1 }))],
  ['update', () => updateGraph(tinyLlama().layout)],
  ['evaluation', () => evaluationGraph(tinyLlama())],
]

function total(plan: Plan): number {
  const { slotBytes, inputBytes, weightBytes, storeBytes } = planMemory(plan)
  return slotBytes + inputBytes + weightBytes + storeBytes
}

describe.each(graphs)('the plan of a %s', (_, build) => {
  const plan = makePlan(build(), [], traits)

  it('is plain data: printed and read back, nothing is lost', () => {
    const plain = { ...plan, stores: [...plan.stores], outputs: [...plan.outputs] }
    const read: unknown = JSON.parse(JSON.stringify(plain))
    expect(read).toEqual(structuredClone(plain))
  })

  it('never has a kernel read a buffer that it writes', () => {
    const place = (binding: Plan['kernels'][number]['bindings'][number]) => {
      const { location } = binding
      return location.kind === 'slot' ? `slot ${location.index}` : `${location.kind} ${location.name} ${'offset' in location ? location.offset : ''}`
    }
    for (const { label, bindings } of plan.kernels) {
      const written = bindings.filter(({ access }) => access === 'read_write').map(place)
      const touched = bindings.map(place)
      for (const name of written) expect(touched.filter((other) => other === name), label).toHaveLength(1)
    }
  })

  it('stays within what a kernel may bind and how far it may be dispatched', () => {
    for (const { bindings, workgroups } of plan.kernels) {
      expect(bindings.length).toBeLessThanOrEqual(traits.maxStorageBuffers)
      expect(Math.max(...workgroups)).toBeLessThanOrEqual(traits.maxWorkgroupsPerDimension)
      expect(Math.min(...workgroups)).toBeGreaterThan(0)
    }
  })
})

describe('programs', () => {
  let device: GPUDevice

  beforeAll(async () => {
    device = await gpuDevice()
  })

  it('take exactly the bytes and buffers that their plan says, and give all of them back', async () => {
    const gpu = new GpuContext(device, true, { traits: VARIANTS.software })
    const memory = new GpuMemory(gpu)
    const plan = makePlan(microBatchGraph(tinyLlama()), [], gpu.traits)
    const program = await Program.create(plan, memory, new PipelineCache(gpu))
    const buffers = plan.slots.length + plan.inputs.length + plan.weights.length + plan.stores.size
    expect(gpu.memory).toEqual({ buffers, bytes: total(plan) })
    program.destroy()
    memory.destroy()
    expect(gpu.memory).toEqual({ buffers: 0, bytes: 0 })
  })

  it('F76 compute the same when their work is cut into several submits', async () => {
    const ops = new OpDevice(device)
    const graph = evaluationGraph(tinyLlama())
    const loss = graph.source('evaluation')!
    const compiled = await ops.compile(graph, [loss], VARIANTS.software)
    const feeds = { ...tinyFeeds(graph), evaluation: [0] }
    const [whole] = await compiled.run(feeds)
    const parts = await runInParts(compiled, feeds, 5)
    expect(parts.submits).toBe(5)
    expect(parts.results[0]).toEqual(whole)
    expect(difference(whole!, interpret(graph, feeds)(loss), 1e-5)).toBeUndefined()
    compiled.destroy()
  })

  async function runInParts(compiled: CompiledGraph, feeds: Parameters<CompiledGraph['run']>[0], parts: number) {
    let submits = 1
    const results = await compiled.run(feeds, parts, () => submits++)
    return { submits, results }
  }
})

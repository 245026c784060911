/** What the engine says when a kernel does not compile and when the device goes away; nothing that waits is left waiting. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNodeDevice } from '../../src/cli/dawn.ts'
import { Graph, type Op } from '../../src/engine/graph.ts'
import { matmul } from '../../src/engine/ops/matmul/index.ts'
import { makePlan } from '../../src/engine/plan.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuMemory } from '../../src/engine/webgpu/memory.ts'
import { PipelineCache } from '../../src/engine/webgpu/pipelines.ts'
import { Program } from '../../src/engine/webgpu/program.ts'
import { readBuffer, ReadbackRing } from '../../src/engine/webgpu/readback.ts'
import { Submitter } from '../../src/engine/webgpu/submitter.ts'
import { aText, containing, matching } from '../support/matching.ts'

/** An op whose kernel names something that does not exist, in the fourth line of its text. */
const misspelt: Op<object> = {
  name: 'misspelt',
  outputs: ([x]) => [{ shape: x!.shape, dtype: 'f32' }],
  kernels(node, context) {
    const code = '@compute @workgroup_size(1)\nfn main() {\n  y[0] = squareroot(x[0]);\n}'
    context.kernel('misspelt').read('x', node.inputs[0]!).write('y', node.outputs[0]!).dispatch(code, [1, 1, 1])
  },
}

/** A product large enough that work is under way when the device goes. */
function productGraph(size: number) {
  const graph = new Graph()
  const [a, b] = [graph.input('a', [size, size], 'f32'), graph.input('b', [size, size], 'f32')]
  const first = matmul(graph, [{ a, b }])
  return { graph, output: matmul(graph, [{ a: first, b }]) }
}

async function productProgram(gpu: GpuContext, size: number) {
  const { graph, output } = productGraph(size)
  const memory = new GpuMemory(gpu)
  const program = await Program.create(makePlan(graph, [output], gpu.traits), memory, new PipelineCache(gpu))
  return { program, memory, source: program.output(output) }
}

const lost = { code: 'gpu-lost', what: aText, fix: aText }

describe('on a device', () => {
  let gpu: GpuContext

  beforeAll(async () => {
    gpu = new GpuContext((await openNodeDevice()).device, true)
  })

  afterAll(() => gpu.destroy())

  it('F77 names the kernel, the line and what is wrong with it, and gives back what it had taken', async () => {
    const graph = new Graph()
    const output = graph.inScope('layer 3', () => graph.applyOne(misspelt, [graph.input('x', [1], 'f32')], {}))
    const before = gpu.memory
    const made = Program.create(makePlan(graph, [output], gpu.traits), new GpuMemory(gpu), new PipelineCache(gpu))
    await expect(made).rejects.toMatchObject({ code: 'shader-error', where: matching(/^layer 3: misspelt, line 5: y\[0\] = squareroot\(x\[0\]\);: .*squareroot/), fix: aText })
    expect(gpu.memory).toEqual(before)
  })

  it('refuses a buffer larger than the device gives, before asking for it', () => {
    const before = gpu.memory
    expect(() => gpu.createBuffer('logits', gpu.device.limits.maxBufferSize + 4, 0x80)).toThrow(/at most \d+/)
    expect(gpu.memory).toEqual(before)
  })

  it('refuses to be handed more than an input holds', async () => {
    const { program, memory } = await productProgram(gpu, 4)
    expect(() => program.write('a', new Float32Array(17))).toThrow(expect.objectContaining({ code: 'input-too-large', where: 'a' }))
    program.destroy()
    memory.destroy()
  })

  it('keeps to its ring of readbacks, and takes a returned one again', async () => {
    const ring = new ReadbackRing(gpu, 4, 1)
    const buffer = gpu.createBuffer('source', 16, 0x4 | 0x8)
    const copy = () => {
      const encoder = gpu.device.createCommandEncoder()
      const read = ring.copy(encoder, { buffer, offset: 0 }, 4)
      gpu.device.queue.submit([encoder.finish()])
      return read
    }
    const first = copy()
    expect(copy).toThrow(/ring/)
    gpu.device.queue.writeBuffer(buffer, 0, new Uint32Array([42]))
    expect(new Uint32Array(await first())).toEqual(new Uint32Array([0]))
    expect(new Uint32Array(await copy()())).toEqual(new Uint32Array([42]))
    ring.destroy()
    gpu.destroyBuffer(buffer)
  })
})

describe('F71 a device that is lost', () => {
  it('in the middle of work: everything that waits settles with gpu-lost, and nothing hangs', async () => {
    const gpu = new GpuContext((await openNodeDevice()).device, true)
    const { program, source } = await productProgram(gpu, 384)
    const submitter = new Submitter(gpu)
    const ring = new ReadbackRing(gpu, 16, 2)
    const step = () => submitter.run((encode) => {
      for (let i = 0; i < 4; i++) encode(program, false)
      return (encoder) => ring.copy(encoder, source, 16)
    })()
    const waiting = [step(), step(), submitter.finish((encode) => encode(program, false)), gpu.guard(new Promise(() => {})), readBuffer(gpu, source, 16)]
    gpu.device.destroy()
    for (const result of await Promise.allSettled(waiting)) expect(result).toMatchObject({ status: 'rejected', reason: lost })
    await expect(gpu.lost).resolves.toMatchObject({ intended: false })
  })

  it('before work is asked for: refused at once, again and again', async () => {
    const gpu = new GpuContext((await openNodeDevice()).device, true)
    const { source } = await productProgram(gpu, 8)
    gpu.device.destroy()
    await gpu.lost
    for (let i = 0; i < 2; i++) {
      await expect(gpu.guard(Promise.resolve(1))).rejects.toMatchObject(lost)
      await expect(readBuffer(gpu, source, 16)).rejects.toMatchObject(lost)
      await expect(productProgram(gpu, 8)).rejects.toMatchObject(lost)
    }
  })

  it('F74 by its owner: known as intended', async () => {
    const gpu = new GpuContext((await openNodeDevice()).device, true)
    gpu.destroy()
    await expect(gpu.lost).resolves.toMatchObject({ intended: true, message: containing('') })
    expect(gpu.memory).toEqual({ buffers: 0, bytes: 0 })
  })

  it('is not blamed for other failures', async () => {
    const gpu = new GpuContext((await openNodeDevice()).device, true)
    await expect(gpu.guard(Promise.reject(new Error('another reason')))).rejects.toThrow('another reason')
    gpu.destroy()
  })
})

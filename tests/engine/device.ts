/** Runs graphs on a WebGPU device with chosen traits: what the table of op cases is measured with. */
import type { Graph, Value } from '../../src/engine/graph.ts'
import { weightStorage, type DeviceTraits } from '../../src/engine/kernel.ts'
import { makePlan, type Plan } from '../../src/engine/plan.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuMemory } from '../../src/engine/webgpu/memory.ts'
import { PipelineCache } from '../../src/engine/webgpu/pipelines.ts'
import { Program } from '../../src/engine/webgpu/program.ts'
import { readBuffer } from '../../src/engine/webgpu/readback.ts'
import { encodeWeight } from './encode-weight.ts'
import type { Feeds } from './interpret.ts'

/** The two kinds of kernels, whatever device runs them. */
export const VARIANTS = {
  software: { rowLanes: 1, matmulTiles: 'registers', maxMatmulTerms: 2, maxStorageBuffers: 8, maxDispatchFlops: 1e9 },
  hardware: { rowLanes: 64, matmulTiles: 'workgroup', maxMatmulTerms: 6, maxStorageBuffers: 8, maxDispatchFlops: 1e10 },
} as const satisfies Record<string, Partial<DeviceTraits>>

/** Devices with one set of traits share compiled pipelines. */
export class OpDevice {
  readonly #device: GPUDevice
  readonly #pipelines: PipelineCache

  constructor(device: GPUDevice) {
    this.#device = device
    this.#pipelines = new PipelineCache(new GpuContext(device, true))
  }

  /** Plans and compiles; nothing is written yet. */
  async compile(graph: Graph, outputs: readonly Value[], traits: Partial<DeviceTraits>): Promise<CompiledGraph> {
    const memory = new GpuMemory(new GpuContext(this.#device, true, { traits }))
    const plan = makePlan(graph, outputs, memory.gpu.traits)
    return new CompiledGraph(plan, outputs, memory, await Program.create(plan, memory, this.#pipelines), graph)
  }
}

export class CompiledGraph {
  readonly plan: Plan
  readonly memory: GpuMemory
  readonly program: Program
  readonly #outputs: readonly Value[]
  readonly #graph: Graph

  constructor(plan: Plan, outputs: readonly Value[], memory: GpuMemory, program: Program, graph: Graph) {
    this.plan = plan
    this.#outputs = outputs
    this.memory = memory
    this.program = program
    this.#graph = graph
  }

  /** One run over these contents; all sources are written first. `onSubmit` hears of each cut between `parts`. Returns the outputs. */
  async run(feeds: Feeds, parts = 1, onSubmit: () => void = () => {}): Promise<Float64Array[]> {
    this.submit(feeds, parts, onSubmit)
    return Promise.all(this.#outputs.map((value) => this.#read(value)))
  }

  /** The same without reading anything. */
  submit(feeds: Feeds, parts = 1, onSubmit: () => void = () => {}): void {
    this.#write(feeds)
    const { device } = this.memory.gpu
    let encoder = device.createCommandEncoder()
    const next = () => {
      onSubmit()
      device.queue.submit([encoder.finish()])
      return (encoder = device.createCommandEncoder())
    }
    const last = this.program.encode(encoder, parts, next)
    device.queue.submit([last.finish()])
  }

  destroy(): void {
    this.program.destroy()
    this.memory.destroy()
  }

  #write(feeds: Feeds): void {
    for (const value of this.#graph.values) {
      const data = feeds[value.name]
      if (!value.source || !data) continue
      const words = value.dtype === 'u32' ? Uint32Array.from(data) : Float32Array.from(data)
      if (value.source.kind === 'input') this.program.write(value.name, words)
      else if (value.source.kind === 'weight') this.#writeWeight(value, data)
      else if (this.plan.stores.has(value.source.store)) {
        this.memory.gpu.device.queue.writeBuffer(this.memory.store(value.source.store), value.source.offset * 4, words)
      }
    }
  }

  #writeWeight(value: Value, data: ArrayLike<number>): void {
    if (this.plan.weights.includes(value)) this.memory.writeWeight(value, 0, encodeWeight(data, weightStorage(value), value.shape.at(-1)!))
  }

  async #read(value: Value): Promise<Float64Array> {
    const length = value.shape.reduce((a, b) => a * b, 4)
    if (length === 0) return new Float64Array()
    const bytes = await readBuffer(this.memory.gpu, this.program.output(value), length)
    return Float64Array.from(value.dtype === 'u32' ? new Uint32Array(bytes) : new Float32Array(bytes))
  }
}

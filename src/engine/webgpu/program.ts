/**
 * A plan on a device: pipelines, buffers and bind groups are made once; a run only writes inputs and replays the list of
 * dispatches.
 */
import { HomespunError } from '../../errors.ts'
import type { Value } from '../graph.ts'
import { bufferBytes, valueBytes } from '../kernel.ts'
import type { Location, Plan, PlannedKernel } from '../plan.ts'
import type { GpuMemory } from './memory.ts'
import type { PipelineCache } from './pipelines.ts'

const STORAGE = 0x80 // GPUBufferUsage.STORAGE
const COPY_SRC = 0x4
const COPY_DST = 0x8

interface Dispatch {
  readonly pipeline: GPUComputePipeline
  readonly bindGroup: GPUBindGroup
  readonly workgroups: readonly [number, number, number]
  readonly flops: number
}

export class Program {
  readonly plan: Plan
  readonly #memory: GpuMemory
  readonly #slots: GPUBuffer[]
  readonly #inputs: Map<string, GPUBuffer>
  readonly #dispatches: Dispatch[] = []

  private constructor(plan: Plan, memory: GpuMemory) {
    this.plan = plan
    this.#memory = memory
    const { gpu } = memory
    this.#slots = plan.slots.map((bytes, i) => gpu.createBuffer(`slot ${i}`, bytes, STORAGE | COPY_SRC))
    this.#inputs = new Map(plan.inputs.map((input) => [input.name, gpu.createBuffer(input.name, bufferBytes(valueBytes(input)), STORAGE | COPY_DST | COPY_SRC)]))
  }

  /** Compiles and allocates. Weights and stores the plan names are made where they do not exist yet. Throws 'out-of-gpu-memory', 'shader-error', 'gpu-lost'. */
  static async create(plan: Plan, memory: GpuMemory, pipelines: PipelineCache): Promise<Program> {
    const program = await memory.gpu.allocating(
      () => {
        for (const weight of plan.weights) memory.allocateWeight(weight)
        for (const [name, bytes] of plan.stores) memory.allocateStore(name, bytes)
        return new Program(plan, memory)
      },
      (made) => made.destroy(),
    )
    try {
      const compiled = await Promise.all(plan.kernels.map((kernel) => pipelines.get(kernel)))
      plan.kernels.forEach((kernel, i) => program.#dispatches.push(program.#dispatch(kernel, compiled[i]!)))
    } catch (error) {
      program.destroy()
      throw error
    }
    return program
  }

  /** Queues the contents of an input: applied before any later submit. */
  write(name: string, data: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    const buffer = this.#inputs.get(name)
    if (!buffer) return
    if (data.byteLength > buffer.size) throw new HomespunError('input-too-large', 'A batch is larger than the plan it runs on.', { where: name })
    this.#memory.gpu.device.queue.writeBuffer(buffer, 0, data)
  }

  /**
   * Encodes all dispatches into `encoder`, cut into `parts` of about equal work: between them `next` is called, which submits
   * and gives the encoder to go on with. Returns the last encoder, open.
   */
  encode(encoder: GPUCommandEncoder, parts: number, next: () => GPUCommandEncoder): GPUCommandEncoder {
    const work = this.#dispatches.reduce((total, dispatch) => total + dispatch.flops, 0)
    let pass = encoder.beginComputePass()
    let open = encoder
    let done = 0
    let part = 1
    for (const { pipeline, bindGroup, workgroups, flops } of this.#dispatches) {
      if (part < parts && done > (work * part) / parts) {
        pass.end()
        open = next()
        pass = open.beginComputePass()
        part++
      }
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, bindGroup)
      pass.dispatchWorkgroups(...workgroups)
      done += flops
    }
    pass.end()
    return open
  }

  /** The buffer and range of a value that was asked for as an output. */
  output(value: Value): { buffer: GPUBuffer; offset: number; bytes: number } {
    const location = this.plan.outputs.get(value.id)
    if (!location) throw new HomespunError('not-an-output', 'A value was read that the plan does not keep.', { where: value.name })
    const { buffer, offset = 0 } = this.#resource(location)
    return { buffer, offset, bytes: location.bytes }
  }

  destroy(): void {
    for (const buffer of [...this.#slots, ...this.#inputs.values()]) this.#memory.gpu.destroyBuffer(buffer)
    this.#dispatches.length = 0
  }

  #dispatch(kernel: PlannedKernel, pipeline: GPUComputePipeline): Dispatch {
    const bindGroup = this.#memory.gpu.device.createBindGroup({
      label: kernel.label,
      layout: pipeline.getBindGroupLayout(0),
      entries: kernel.bindings.map(({ location }, binding) => ({ binding, resource: this.#resource(location) })),
    })
    return { pipeline, bindGroup, workgroups: kernel.workgroups, flops: kernel.flops }
  }

  #resource(location: Location): GPUBufferBinding {
    switch (location.kind) {
      case 'slot':
        return { buffer: this.#slots[location.index]!, size: location.bytes }
      case 'input':
        return { buffer: this.#inputs.get(location.name)! }
      case 'weight':
        return { buffer: this.#memory.weightPiece(location.name, location.piece) }
      case 'store':
        return { buffer: this.#memory.store(location.name), offset: location.offset, size: Math.max(4, location.bytes) }
    }
  }
}

/** Compute pipelines, made asynchronously and all at once, cached by their source. */
import { HomespunError } from '../../errors.ts'
import type { PlannedKernel } from '../plan.ts'
import type { GpuContext } from './context.ts'

export class PipelineCache {
  readonly #gpu: GpuContext
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>()

  constructor(gpu: GpuContext) {
    this.#gpu = gpu
  }

  /** The pipeline of a kernel. Throws 'shader-error' naming the line of WGSL, 'gpu-lost'. */
  get(kernel: PlannedKernel): Promise<GPUComputePipeline> {
    const known = this.#pipelines.get(kernel.wgsl)
    if (known) return known
    const made = this.#make(kernel)
    this.#pipelines.set(kernel.wgsl, made)
    return made
  }

  async #make(kernel: PlannedKernel): Promise<GPUComputePipeline> {
    const { device } = this.#gpu
    const module = device.createShaderModule({ label: kernel.label, code: kernel.wgsl })
    const bindGroupLayout = device.createBindGroupLayout({
      label: kernel.label,
      entries: kernel.bindings.map(({ access }, binding) => ({
        binding,
        visibility: 4, // GPUShaderStage.COMPUTE
        buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
      })),
    })
    const layout = device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] })
    try {
      return await this.#gpu.guard(device.createComputePipelineAsync({ label: kernel.label, layout, compute: { module, entryPoint: 'main' } }))
    } catch (error) {
      if (error instanceof HomespunError) throw error
      throw await this.#explain(module, kernel, error)
    }
  }

  async #explain(module: GPUShaderModule, kernel: PlannedKernel, cause: unknown): Promise<HomespunError> {
    const { messages } = await this.#gpu.guard(module.getCompilationInfo())
    const first = messages.find((message) => message.type === 'error')
    const line = first ? `line ${first.lineNum}: ${kernel.wgsl.split('\n')[first.lineNum - 1]?.trim() ?? ''}: ${first.message}` : String(cause)
    return new HomespunError('shader-error', 'A kernel did not compile on this GPU.', {
      where: `${kernel.label}, ${line}`,
      fix: 'Update the browser or the graphics driver; if it stays, please report it with this line.',
      cause,
    })
  }
}

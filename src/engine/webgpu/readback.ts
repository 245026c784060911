/** A small ring of staging buffers: results come back without a buffer made or a wait inside a step. */
import type { GpuContext } from './context.ts'

const MAP_READ = 0x1 // GPUBufferUsage.MAP_READ
const COPY_DST = 0x8

export class ReadbackRing {
  readonly #gpu: GpuContext
  readonly #bytes: number
  readonly #free: GPUBuffer[]
  readonly #all: GPUBuffer[]

  constructor(gpu: GpuContext, bytes: number, size: number) {
    this.#gpu = gpu
    this.#bytes = Math.ceil(bytes / 16) * 16
    this.#all = Array.from({ length: size }, (_, i) => gpu.createBuffer(`readback ${i}`, this.#bytes, MAP_READ | COPY_DST))
    this.#free = this.#all.slice()
  }

  /** How many results may be under way at once. */
  get size(): number {
    return this.#all.length
  }

  /**
   * Encodes the copy; call the result after the submit for the bytes. Callers keep at most `size` under way; one more
   * throws.
   */
  copy(encoder: GPUCommandEncoder, source: { buffer: GPUBuffer; offset: number }, bytes: number): () => Promise<ArrayBuffer> {
    const staging = this.#free.shift()
    if (!staging) throw new Error('More readbacks are under way than the ring holds.')
    encoder.copyBufferToBuffer(source.buffer, source.offset, staging, 0, Math.ceil(bytes / 4) * 4)
    return async () => {
      try {
        await this.#gpu.guard(staging.mapAsync(1, 0, this.#bytes)) // GPUMapMode.READ
        const copy = staging.getMappedRange(0, this.#bytes).slice(0, bytes)
        staging.unmap()
        return copy
      } finally {
        this.#free.push(staging)
      }
    }
  }

  destroy(): void {
    for (const buffer of this.#all) this.#gpu.destroyBuffer(buffer)
  }
}

/** Reads a range once, through a staging buffer of its own: for results outside the step (adapters, checkpoints, taps). */
export async function readBuffer(gpu: GpuContext, source: { buffer: GPUBuffer; offset: number }, bytes: number): Promise<ArrayBuffer> {
  const ring = new ReadbackRing(gpu, bytes, 1)
  try {
    const encoder = gpu.device.createCommandEncoder()
    const read = ring.copy(encoder, source, bytes)
    gpu.device.queue.submit([encoder.finish()])
    return await read()
  } finally {
    ring.destroy()
  }
}

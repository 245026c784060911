/** A GPU device with what the engine keeps beside it: traits, the count of buffers and bytes, and the news of its loss. */
import { HomespunError } from '../../errors.ts'
import type { DeviceTraits } from '../kernel.ts'

export interface GpuContextOptions {
  /** Replaces traits that would be derived from the device, to run a variant meant for another one. */
  traits?: Partial<DeviceTraits>
}

const deviceLost = (reason: string) =>
  new HomespunError('gpu-lost', 'The GPU stopped answering.', {
    where: reason,
    fix: 'Your work up to the last checkpoint is kept; training can go on from there.',
  })

/** Limits the engine makes use of where the adapter offers more than is guaranteed. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const

/** A device with the adapter's own limits. Throws 'gpu-unavailable' where the adapter gives none. */
export async function requestGpuDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]))
  try {
    return await adapter.requestDevice({ requiredLimits })
  } catch (cause) {
    throw new HomespunError('gpu-unavailable', 'The browser found a GPU but did not open it.', { fix: 'Close other pages that use the GPU, then reload.', cause })
  }
}

export class GpuContext {
  readonly device: GPUDevice
  readonly traits: DeviceTraits
  readonly software: boolean
  /** Settles, never rejects, when the device is lost; `intended` after `destroy()`. */
  readonly lost: Promise<{ intended: boolean; message: string }>
  #lossError: HomespunError | undefined
  readonly #rejectOnLoss = new Set<(error: HomespunError) => void>()
  #intended = false
  #buffers = new Map<GPUBuffer, number>()
  #bytes = 0
  #mostBytes = 0

  constructor(device: GPUDevice, software: boolean, options: GpuContextOptions = {}) {
    this.device = device
    this.software = software
    this.traits = { ...deriveTraits(device, software), ...options.traits }
    this.lost = device.lost.then((info) => {
      this.#lossError = deviceLost(info.message || 'the device was lost')
      for (const reject of this.#rejectOnLoss) reject(this.#lossError)
      this.#rejectOnLoss.clear()
      return { intended: this.#intended, message: info.message }
    })
  }

  /** Buffers alive and their bytes. */
  get memory(): { buffers: number; bytes: number } {
    return { buffers: this.#buffers.size, bytes: this.#bytes }
  }

  /** Asked at any time after: by how many bytes more than now were alive at most. One such watch at a time. */
  watchBytes(): () => number {
    const before = this.#bytes
    this.#mostBytes = before
    return () => this.#mostBytes - before
  }

  createBuffer(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    if (bytes > this.device.limits.maxBufferSize) {
      throw new HomespunError('buffer-too-large', `This run needs a buffer of ${bytes} bytes; this GPU gives a page at most ${this.device.limits.maxBufferSize}.`, {
        where: label,
        fix: 'Use a smaller batch or shorter examples.',
      })
    }
    const buffer = this.device.createBuffer({ label, size: bytes, usage })
    this.#buffers.set(buffer, bytes)
    this.#bytes += bytes
    this.#mostBytes = Math.max(this.#mostBytes, this.#bytes)
    return buffer
  }

  destroyBuffer(buffer: GPUBuffer): void {
    const bytes = this.#buffers.get(buffer)
    if (bytes === undefined) return
    this.#buffers.delete(buffer)
    this.#bytes -= bytes
    buffer.destroy()
  }

  /** The promise, or a 'gpu-lost' rejection as soon as the device is lost: a wait on a lost GPU never hangs. */
  async guard<T>(promise: Promise<T>): Promise<T> {
    // What is waited for may still fail by itself when its buffers go: by then nobody listens.
    promise.catch(() => {})
    if (this.#lossError) throw this.#lossError
    let reject: (error: HomespunError) => void = () => {}
    const loss = new Promise<never>((_, fail) => {
      reject = fail
    })
    this.#rejectOnLoss.add(reject)
    try {
      return await Promise.race([promise, loss])
    } catch (error) {
      if (error instanceof HomespunError) throw error
      // Chromium refuses a mapping some milliseconds before it tells of the loss that was the reason: a round trip brings the news.
      await Promise.race([this.lost, this.device.queue.onSubmittedWorkDone().catch(() => {})])
      throw this.#lossError ?? error
    } finally {
      this.#rejectOnLoss.delete(reject)
    }
  }

  /** Runs `allocate`; if the device could not give what it asked for, undoes it by `free` and throws 'out-of-gpu-memory'. */
  async allocating<T>(allocate: () => T, free: (made: T) => void): Promise<T> {
    this.device.pushErrorScope('out-of-memory')
    const attempt = tryTo(allocate)
    const outOfMemory = await this.guard(this.device.popErrorScope())
    if ('error' in attempt) throw attempt.error
    if (!outOfMemory) return attempt.made
    free(attempt.made)
    throw new HomespunError('out-of-gpu-memory', 'The GPU has not enough free memory for this.', {
      where: outOfMemory.message,
      fix: 'Use a smaller model, a smaller batch or shorter examples, or close other pages that use the GPU.',
    })
  }

  destroy(): void {
    this.#intended = true
    for (const buffer of this.#buffers.keys()) buffer.destroy()
    this.#buffers.clear()
    this.#bytes = 0
    this.device.destroy()
  }
}

function tryTo<T>(action: () => T): { made: T } | { error: unknown } {
  try {
    return { made: action() }
  } catch (error) {
    return { error }
  }
}

function deriveTraits(device: GPUDevice, software: boolean): DeviceTraits {
  const { limits } = device
  return {
    rowLanes: software ? 1 : Math.min(128, limits.maxComputeInvocationsPerWorkgroup),
    matmulTiles: software ? 'registers' : 'workgroup',
    maxMatmulTerms: software ? 2 : 6,
    maxBindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    maxStorageBuffers: limits.maxStorageBuffersPerShaderStage,
    maxWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxDispatchFlops: software ? 1e9 : 1e10,
  }
}

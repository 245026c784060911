/**
 * Puts programs on the queue: one encoder a step, unless measured time says that one submit would keep the GPU too long for
 * the rest of the machine, or inputs must change in between.
 */
import type { GpuContext } from './context.ts'
import type { Program } from './program.ts'

/** Longest time one submit should take, in milliseconds. */
const SUBMIT_MILLISECONDS = 250
const MOST_PARTS = 64

/** Encodes a program; with `submitNow` its work is submitted at once, so that its inputs can be written again. */
export type Encode = (program: Program, submitNow: boolean) => void

export class Submitter {
  readonly #gpu: GpuContext
  #parts = 1
  #encoder: GPUCommandEncoder | undefined
  #idleSince = 0

  constructor(gpu: GpuContext) {
    this.#gpu = gpu
  }

  /**
   * Runs `record`, which encodes programs and returns what to copy at the end; submits; gives a reader of the copied bytes.
   */
  run(record: (encode: Encode) => (encoder: GPUCommandEncoder) => () => Promise<ArrayBuffer>): () => Promise<ArrayBuffer> {
    const copy = record((program, submitNow) => this.#encode(program, submitNow))
    const read = copy(this.#open())
    this.#submit()
    this.#measure()
    return read
  }

  /** Runs programs without reading anything, and waits until they are done. */
  async finish(record: (encode: Encode) => void): Promise<void> {
    record((program, submitNow) => this.#encode(program, submitNow))
    this.#submit()
    await this.#gpu.guard(this.#gpu.device.queue.onSubmittedWorkDone())
  }

  #open(): GPUCommandEncoder {
    return (this.#encoder ??= this.#gpu.device.createCommandEncoder())
  }

  #encode(program: Program, submitNow: boolean): void {
    this.#encoder = program.encode(this.#open(), this.#parts, () => {
      this.#submit()
      return this.#open()
    })
    if (submitNow) this.#submit()
  }

  #submit(): void {
    if (this.#encoder) this.#gpu.device.queue.submit([this.#encoder.finish()])
    this.#encoder = undefined
  }

  /** Steps run one after the other, so a step took the time since it was queued or since the one before it ended. */
  #measure(): void {
    const queued = performance.now()
    this.#gpu.guard(this.#gpu.device.queue.onSubmittedWorkDone()).then(
      () => {
        const now = performance.now()
        const milliseconds = now - Math.max(queued, this.#idleSince)
        this.#idleSince = now
        this.#parts = Math.min(MOST_PARTS, Math.max(1, Math.ceil(milliseconds / SUBMIT_MILLISECONDS)))
      },
      () => {}, // The loss is told by whoever waits for a result.
    )
  }
}

/** What outlives a program on the GPU: weights in pieces, and stores (adapter, moments, caches) that programs share. */
import { HomespunError } from '../../errors.ts'
import type { Value } from '../graph.ts'
import { bufferBytes, pieceBytes, rowBytes, weightPieces } from '../kernel.ts'
import type { GpuContext } from './context.ts'

const STORAGE = 0x80 // GPUBufferUsage.STORAGE
const COPY_SRC = 0x4
const COPY_DST = 0x8

export class GpuMemory {
  readonly gpu: GpuContext
  readonly #weights = new Map<string, GPUBuffer[]>()
  readonly #stores = new Map<string, { buffer: GPUBuffer; bytes: number }>()

  constructor(gpu: GpuContext) {
    this.gpu = gpu
  }

  /** Makes room for a weight. Several programs may declare the same one. */
  allocateWeight(weight: Value): void {
    if (this.#weights.has(weight.name)) return
    const buffers = weightPieces(weight, this.gpu.traits).map((piece) =>
      this.gpu.createBuffer(weight.name, bufferBytes(pieceBytes(weight, piece)), STORAGE | COPY_DST | COPY_SRC),
    )
    this.#weights.set(weight.name, buffers)
  }

  /** Writes bytes of a weight as stored, at a byte offset into the whole weight; both multiples of four (pad the very end). */
  writeWeight(weight: Value, offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    weightPieces(weight, this.gpu.traits).forEach((piece, i) => {
      const begin = piece.rowBegin * rowBytes(weight)
      const end = begin + pieceBytes(weight, piece)
      const from = Math.max(begin, offset)
      const to = Math.min(end, offset + bytes.byteLength)
      if (from < to) this.gpu.device.queue.writeBuffer(this.#weights.get(weight.name)![i]!, from - begin, bytes, from - offset, to - from)
    })
  }

  weightPiece(name: string, piece: number): GPUBuffer {
    const buffer = this.#weights.get(name)?.[piece]
    if (!buffer) throw new HomespunError('weight-missing', 'A weight of the model was never loaded.', { where: name, fix: 'Load the model again.' })
    return buffer
  }

  /** Makes a store of at least that many bytes; one that exists must be large enough. New stores are zero. */
  allocateStore(name: string, bytes: number): void {
    const known = this.#stores.get(name)
    if (known && known.bytes >= bytes) return
    if (known) throw new HomespunError('store-too-small', 'A program asks for more of a store than was made.', { where: name })
    this.#stores.set(name, { buffer: this.gpu.createBuffer(name, bufferBytes(bytes), STORAGE | COPY_SRC | COPY_DST), bytes })
  }

  store(name: string): GPUBuffer {
    return this.#stores.get(name)!.buffer
  }

  /** Queues values at an offset in elements: applied before any later submit. */
  writeStore(name: string, values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>, offset = 0): void {
    this.gpu.device.queue.writeBuffer(this.store(name), offset * 4, values)
  }

  freeStore(name: string): void {
    const known = this.#stores.get(name)
    if (known) this.gpu.destroyBuffer(known.buffer)
    this.#stores.delete(name)
  }

  destroy(): void {
    for (const buffer of [...this.#weights.values()].flat()) this.gpu.destroyBuffer(buffer)
    for (const { buffer } of this.#stores.values()) this.gpu.destroyBuffer(buffer)
    this.#weights.clear()
    this.#stores.clear()
  }
}

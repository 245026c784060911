/** Where the tensors of an adapter lie in one flat store, so that clipping and AdamW are single dispatches over all of them. */
import { HomespunError } from '../errors.ts'
import { checkTargets, isTarget } from '../adapters/init.ts'
import type { LoraAdapter, LoraConfig } from '../adapters/types.ts'
import type { LinearModule } from '../models/types.ts'

/** Elements a tensor's start is rounded up to, so that each can be bound by itself. */
const ALIGNMENT = 64

export interface AdapterSlot extends LinearModule {
  /** Offsets in elements: A [rank, in] and B [out, rank]. */
  readonly a: number
  readonly b: number
}

export class AdapterLayout {
  readonly rank: number
  readonly slots: readonly AdapterSlot[]
  /** Elements of the flat store, gaps included. Gaps stay zero. */
  readonly size: number
  /** Numbers that are learnt. */
  readonly parameters: number

  constructor(modules: readonly LinearModule[], rank: number) {
    this.rank = rank
    let offset = 0
    const place = (elements: number) => {
      const start = offset
      offset = Math.ceil((start + elements) / ALIGNMENT) * ALIGNMENT
      return start
    }
    this.slots = modules.map((module) => ({ ...module, a: place(rank * module.inFeatures), b: place(module.outFeatures * rank) }))
    this.size = Math.max(ALIGNMENT, offset)
    this.parameters = this.slots.reduce((total, slot) => total + rank * (slot.inFeatures + slot.outFeatures), 0)
  }

  /** The adapter's tensors as one flat array. Throws 'adapter-mismatch' where a module is missing or has another shape. */
  flatten(adapter: LoraAdapter): Float32Array<ArrayBuffer> {
    const flat = new Float32Array(this.size)
    const pairs = new Map(adapter.pairs.map((pair) => [pair.module, pair]))
    for (const slot of this.slots) {
      const pair = pairs.get(slot.module)
      if (!pair || pair.a.length !== this.rank * slot.inFeatures || pair.b.length !== slot.outFeatures * this.rank) {
        throw new HomespunError('adapter-mismatch', 'The adapter does not fit this model.', { where: slot.module, fix: 'Open the model it was trained on.' })
      }
      flat.set(pair.a, slot.a)
      flat.set(pair.b, slot.b)
    }
    return flat
  }

  unflatten(flat: Float32Array, config: LoraConfig): LoraAdapter {
    const pairs = this.slots.map(({ a, b, ...layer }) => ({
      ...layer,
      a: flat.slice(a, a + this.rank * layer.inFeatures),
      b: flat.slice(b, b + layer.outFeatures * this.rank),
    }))
    return { config, pairs }
  }

  /** Without gaps: A and B of each module in order. The form that checkpoints keep, the same on every engine. */
  pack(flat: Float32Array): Float32Array<ArrayBuffer> {
    const packed = new Float32Array(this.parameters)
    this.#each((from, to, length) => packed.set(flat.subarray(from, from + length), to))
    return packed
  }

  unpack(packed: Float32Array): Float32Array<ArrayBuffer> {
    if (packed.length !== this.parameters) throw new HomespunError('checkpoint-mismatch', 'The checkpoint belongs to another adapter.', { where: `${packed.length} of ${this.parameters} numbers` })
    const flat = new Float32Array(this.size)
    this.#each((from, to, length) => flat.set(packed.subarray(to, to + length), from))
    return flat
  }

  #each(visit: (flatOffset: number, packedOffset: number, length: number) => void): void {
    let packed = 0
    for (const { a, b, inFeatures, outFeatures } of this.slots) {
      for (const [from, length] of [[a, this.rank * inFeatures], [b, outFeatures * this.rank]] as const) {
        visit(from, packed, length)
        packed += length
      }
    }
  }
}

/** The layers a LoRA config names, in the model's order. Throws 'lora-targets'. */
export function targetedModules(modules: readonly LinearModule[], config: LoraConfig): LinearModule[] {
  checkTargets(config.targetModules, modules)
  return modules.filter(({ module }) => isTarget(module, config.targetModules))
}

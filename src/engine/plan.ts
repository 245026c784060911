/**
 * From a graph to a plan: which kernels run in which order and where every value lies. A plan is plain data, made without a
 * device; it knows each byte before anything is allocated.
 *
 * Intermediate values share slots, one buffer each, rather than offsets in an arena: WebGPU forbids a buffer to be read and
 * written in one dispatch, even in ranges that do not meet.
 */
import { requireShape, type Graph, type Node, type Value } from './graph.ts'
import { liveNodes } from './live-nodes.ts'
import { bufferBytes, KernelContext, pieceBytes, valueBytes, weightPieces, type DeviceTraits, type Kernel, type Operand } from './kernel.ts'

export type Location =
  | { readonly kind: 'slot'; readonly index: number; readonly bytes: number }
  | { readonly kind: 'input'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'weight'; readonly name: string; readonly piece: number; readonly bytes: number }
  | { readonly kind: 'store'; readonly name: string; readonly offset: number; readonly bytes: number }

export interface PlannedBinding {
  readonly location: Location
  readonly access: 'read' | 'read_write'
}

export interface PlannedKernel extends Omit<Kernel, 'bindings'> {
  readonly bindings: readonly PlannedBinding[]
}

export interface Plan {
  readonly kernels: readonly PlannedKernel[]
  /** Bytes of each slot. */
  readonly slots: readonly number[]
  readonly inputs: readonly Value[]
  readonly weights: readonly Value[]
  /** Bytes each store must have for this plan. */
  readonly stores: ReadonlyMap<string, number>
  /** Where the values asked for lie after a run. */
  readonly outputs: ReadonlyMap<number, Location>
}

/** Buffers bind at multiples of this many bytes on every device. */
const STORE_ALIGNMENT = 256

/**
 * Plans the nodes that `outputs` and in-place updates need. Outputs keep their memory to the end of a run, so taps are
 * just further outputs.
 */
export function makePlan(graph: Graph, outputs: readonly Value[], traits: DeviceTraits): Plan {
  const nodes = liveNodes(graph, outputs)
  const lastUse = lastUses(nodes, outputs)
  const slots = new SlotAllocator()
  const sources = new Sources()
  const placed = new Map<number, Location>()
  const kernels: PlannedKernel[] = []

  nodes.forEach((node, step) => {
    const context = new KernelContext(traits, node.scope, (value) => lastUse.has(value.id))
    for (const output of node.outputs) {
      placed.set(output.id, slots.take(valueBytes(output)))
    }
    node.op.kernels(node, context)
    const scratch = context.scratches.map((operand) => slots.take(operand.bytes))
    const locate = (operand: Operand) => (operand.kind === 'scratch' ? scratch[operand.id]! : (placed.get(operand.value.id) ?? sources.locate(operand.value, operand.piece, traits)))
    for (const kernel of context.kernels) {
      kernels.push({ ...kernel, bindings: kernel.bindings.map(({ operand, access }) => ({ location: locate(operand), access })) })
    }
    scratch.forEach((location) => slots.release(location))
    for (const value of [...node.inputs, ...node.outputs]) {
      const location = value && placed.get(value.id)
      if (location && (lastUse.get(value.id) ?? step) <= step) {
        slots.release(location)
        placed.delete(value.id)
      }
    }
  })
  const kept = outputs.map((value) => [value.id, placed.get(value.id) ?? sources.locate(value, 0, traits)] as const)
  return { kernels, slots: slots.sizes, inputs: sources.inputs, weights: sources.weights, stores: sources.stores, outputs: new Map(kept) }
}


function lastUses(nodes: readonly Node<unknown>[], outputs: readonly Value[]): Map<number, number> {
  const last = new Map<number, number>()
  nodes.forEach((node, step) => node.inputs.forEach((input) => input && last.set(input.id, step)))
  for (const output of outputs) last.set(output.id, Infinity)
  return last
}

/** Where values without a producer lie, and which there are. */
class Sources {
  readonly inputs: Value[] = []
  readonly weights: Value[] = []
  readonly stores = new Map<string, number>()

  locate(value: Value, piece: number, traits: DeviceTraits): Location {
    const source = value.source
    requireShape(source !== undefined, value.name, 'read before it is computed')
    if (source.kind === 'input') {
      if (!this.inputs.includes(value)) this.inputs.push(value)
      return { kind: 'input', name: value.name, bytes: valueBytes(value) }
    }
    if (source.kind === 'weight') {
      if (!this.weights.includes(value)) this.weights.push(value)
      return { kind: 'weight', name: value.name, piece, bytes: pieceBytes(value, weightPieces(value, traits)[piece]!) }
    }
    const offset = source.offset * 4
    requireShape(offset % STORE_ALIGNMENT === 0, value.name, 'lies at an offset that cannot be bound')
    this.stores.set(source.store, Math.max(this.stores.get(source.store) ?? 0, offset + valueBytes(value)))
    return { kind: 'store', name: source.store, offset, bytes: valueBytes(value) }
  }
}

/** Hands out slots: a free one of nearly the size where there is one, else a new one. */
class SlotAllocator {
  readonly sizes: number[] = []
  readonly #free = new Set<number>()

  take(bytes: number): Location & { kind: 'slot' } {
    let best: number | undefined
    for (const index of this.#free) {
      const size = this.sizes[index]!
      if (size >= bytes && size <= bytes * 1.5 + 4096 && (best === undefined || size < this.sizes[best]!)) best = index
    }
    if (best === undefined) best = this.sizes.push(bufferBytes(bytes)) - 1
    this.#free.delete(best)
    return { kind: 'slot', index: best, bytes: bufferBytes(bytes) }
  }

  release(location: Location): void {
    if (location.kind === 'slot') this.#free.add(location.index)
  }
}

export interface PlanMemory {
  readonly slotBytes: number
  readonly inputBytes: number
  readonly weightBytes: number
  readonly storeBytes: number
}

/** Bytes a plan needs, by kind: exactly what its buffers will have. */
export function planMemory(plan: Plan): PlanMemory {
  const total = (values: readonly Value[]) => values.reduce((bytes, value) => bytes + bufferBytes(valueBytes(value)), 0)
  return {
    slotBytes: plan.slots.reduce((a, b) => a + b, 0),
    inputBytes: total(plan.inputs),
    weightBytes: total(plan.weights),
    storeBytes: [...plan.stores.values()].reduce((a, b) => a + bufferBytes(b), 0),
  }
}

/** What a case of the op table is, and how it becomes a graph with everything that is fed to it. */
import { differentiate } from '../../../src/engine/differentiate.ts'
import { elementCount, Graph, type Value } from '../../../src/engine/graph.ts'
import { isQuantised, weightStorage, type DeviceTraits } from '../../../src/engine/kernel.ts'
import { GROUP, type QuantisedStorage } from '../../../src/engine/quantised/rows.ts'
import { threefry2x32, uniformFromBits } from '../../../src/engine/random.ts'
import type { Feeds } from '../interpret.ts'
import { weigh } from '../reference/weigh.ts'

export interface OpCase {
  readonly name: string
  /** Values to compare. The first is differentiated with respect to `targets`. */
  build(graph: Graph): readonly Value[]
  readonly targets?: readonly string[]
  /** Contents of sources; those of f32 sources that are not named are random in (−1, 1). */
  readonly feeds?: Feeds
  readonly traits?: Partial<DeviceTraits>
  /** The only kind of device for which it means anything new; both where absent. */
  readonly on?: 'software' | 'hardware'
  /** Largest difference, relative to the largest number of a result. */
  readonly tolerance?: number
}

export interface BuiltCase {
  readonly graph: Graph
  readonly outputs: readonly Value[]
  /** How many of the outputs, the last ones, are gradients of `loss`. */
  readonly gradients: number
  readonly loss: Value | undefined
  readonly feeds: Feeds
}

/** Numbers in (−1, 1), the same for the same name, exact in f32. */
function random(name: string, count: number): Float64Array {
  const seed = [...name].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 7)
  return Float64Array.from({ length: count }, (_, i) => uniformFromBits(threefry2x32(seed, 1, i, 0)[0]) * 2 - 1 + 2 ** -24)
}

/** Multiples of 1/128, which every weight storage but the quantised ones holds exactly. */
export const coarse = (values: Float64Array) => values.map((value) => Math.round(value * 128) / 128)

export const floats = (name: string, count: number) => Float64Array.from(random(name, count), Math.fround)

/** Numbers that a quantised storage gives back as they are: each row, or group of a row, has the ends of its range. */
function quantised(name: string, columns: number, count: number, storage: QuantisedStorage): Float64Array {
  const size = storage === 'int8' ? columns : GROUP
  const [steps, lowest] = storage === 'int8' ? [254, -127] : [15, 0]
  return random(name, count).map((value, i) => {
    const column = i % columns
    const place = column % size
    const group = Math.floor(i / columns) * columns + Math.floor(column / size)
    const code = place === 0 ? lowest : place === 1 ? lowest + steps : lowest + Math.round(((value + 1) / 2) * steps)
    const scale = (1 + (group % 7) / 8) / (storage === 'int8' ? 128 : 8)
    return storage === 'int8' ? scale * code : (group % 5) / 4 - 1 + scale * code
  })
}

function completeFeeds(graph: Graph, feeds: Feeds): Feeds {
  const all: Record<string, ArrayLike<number>> = { ...feeds }
  for (const { name, source, shape, dtype } of graph.values) {
    if (!source || all[name]) continue
    if (dtype === 'u32') throw new Error(`${name} needs numbers.`)
    const values = floats(name, elementCount(shape))
    all[name] = source.kind === 'weight' ? coarse(values) : values
    const storage = weightStorage({ source })
    if (isQuantised(storage)) all[name] = quantised(name, shape[1]!, values.length, storage)
  }
  return all
}

/** The case's graph, with gradients of the first output, randomly weighed, where it has targets. */
export function buildCase(opCase: OpCase): BuiltCase {
  const graph = new Graph()
  const outputs = [...opCase.build(graph)]
  const targets = (opCase.targets ?? []).map((name) => graph.source(name)!)
  let loss: Value | undefined
  if (targets.length) {
    loss = graph.applyOne(weigh, [outputs[0], graph.input('upstream', outputs[0]!.shape, 'f32')], {})
    outputs.push(...differentiate(graph, loss, targets))
  }
  return { graph, outputs, gradients: targets.length, loss, feeds: completeFeeds(graph, opCase.feeds ?? {}) }
}

/** A LoRA adapter as variables of a graph: its tensors are regions of a flat store. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { Graph, Value } from '../engine/graph.ts'
import type { LoraValues } from '../models/types.ts'
import type { AdapterLayout } from './adapter-layout.ts'

/** A [rank, in] and B [out, rank] of each targeted layer in `store`, by module. `label` sets several stores of one graph apart. */
export function adapterVariables(graph: Graph, layout: AdapterLayout, store: string, label = ''): Map<string, { a: Value; b: Value }> {
  const variable = (name: string, shape: number[], offset: number) => graph.variable(`${label}${name}`, shape, store, offset)
  return new Map(
    layout.slots.map(({ module, inFeatures, outFeatures, a, b }) => [
      module,
      { a: variable(`${module}.lora_A`, [layout.rank, inFeatures], a), b: variable(`${module}.lora_B`, [outFeatures, layout.rank], b) },
    ]),
  )
}

/** The same as frozen weights, for answering: each a weight of its own, f32. */
export function adapterWeights(graph: Graph, layout: AdapterLayout): Map<string, { a: Value; b: Value }> {
  return new Map(
    layout.slots.map(({ module, inFeatures, outFeatures }) => [
      module,
      {
        a: graph.weight(`${module}.lora_A`, [layout.rank, inFeatures], 'f32'),
        b: graph.weight(`${module}.lora_B`, [outFeatures, layout.rank], 'f32'),
      },
    ]),
  )
}

/** The numbers of an adapter, by the names of `adapterWeights` (and of `adapterVariables` without a label). */
export const adapterTensors = ({ pairs }: LoraAdapter): Map<string, Float32Array> =>
  new Map(pairs.flatMap(({ module, a, b }) => [[`${module}.lora_A`, a] as const, [`${module}.lora_B`, b] as const]))

/** What a model's graph asks for: the LoRA of a module, none where it has none. `scaling` is the same for all of them. */
export function loraOf(variables: Map<string, { a: Value; b: Value }>, scaling: Omit<LoraValues, 'a' | 'b'>): (module: string) => LoraValues | undefined {
  return (module) => {
    const pair = variables.get(module)
    return pair && { ...pair, ...scaling }
  }
}

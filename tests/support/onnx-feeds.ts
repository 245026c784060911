/** What an ONNX session is fed for a graph whose sources are given by name. */
import { elementCount, type Graph } from '../../src/engine/graph.ts'
import type { OnnxProgram } from '../../src/engine/onnx/lower.ts'
import type { Feeds } from '../engine/interpret.ts'

/** Inputs as they are, variables at their places in their store. */
export function storesAndInputs(graph: Graph, program: OnnxProgram, feeds: Feeds): Record<string, Float32Array | Uint32Array> {
  const all: Record<string, Float32Array | Uint32Array> = {}
  for (const { name, source, shape, dtype } of graph.values) {
    if (source?.kind === 'input') all[name] = dtype === 'u32' ? Uint32Array.from(feeds[name]!) : Float32Array.from(feeds[name]!)
    if (source?.kind !== 'variable' || !program.inputs.has(source.store)) continue
    const end = source.offset + elementCount(shape)
    const store = new Float32Array(Math.max(end, all[source.store]?.length ?? 0))
    store.set(all[source.store] ?? [])
    if (feeds[name]) store.set(Float32Array.from(feeds[name]), source.offset)
    all[source.store] = store
  }
  return all
}

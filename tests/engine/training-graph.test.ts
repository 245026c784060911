/** A whole training graph, Llama with LoRA on every layer: its gradients against central differences, with and without recomputation. */
import { describe, expect, it } from 'vitest'
import { makePlan } from '../../src/engine/plan.ts'
import type { Graph, Value } from '../../src/engine/graph.ts'
import { microBatchGraph } from '../../src/train/training-graph.ts'
import { difference } from './closeness.ts'
import { VARIANTS } from './device.ts'
import { interpret } from './interpret.ts'
import { tinyFeeds, tinyLlama } from './tiny-llama.ts'

const EPSILON = 1e-6
const traits = { maxBindingBytes: 2 ** 27, maxWorkgroupsPerDimension: 65_535, ...VARIANTS.software }

function variablesOf(graph: Graph, store: string): Value[] {
  return graph.values.filter(({ source }) => source?.kind === 'variable' && source.store === store)
}

/** Every gradient, by the name of the tensor it belongs to. */
function gradients(graph: Graph): Map<string, Float64Array> {
  const read = interpret(graph, tinyFeeds(graph))
  return new Map(variablesOf(graph, 'adapter gradient').map((value) => [value.name.replace('adapter gradient', 'adapter'), read(value)]))
}

describe.each([
  ['all values kept', {}],
  ['layers recomputed', { activationCheckpointing: true }],
  ['dropout', { dropout: 0.3 }],
  ['layers recomputed and dropout', { activationCheckpointing: true, dropout: 0.3 }],
])('a packed step of a two-layer Llama, %s', (_, change) => {
  it('has the gradients that central differences give', () => {
    const graph = microBatchGraph(tinyLlama(change))
    const feeds = tinyFeeds(graph)
    const loss = graph.source('loss sum')!
    const lossNode = graph.nodes.find(({ op }) => op.name === 'addSum')!
    const lossAt = (name: string, i: number, shift: number) => {
      const moved = Float64Array.from(feeds[name]!)
      moved[i]! += shift
      return interpret(graph, { ...feeds, [name]: moved }, lossNode.id)(loss)[0]!
    }
    const wrong: string[] = []
    let largest = 0
    for (const [name, gradient] of gradients(graph)) {
      for (let i = 0; i < gradient.length; i += 7) {
        const expected = (lossAt(name, i, EPSILON) - lossAt(name, i, -EPSILON)) / (2 * EPSILON)
        largest = Math.max(largest, Math.abs(expected))
        if (!(Math.abs(gradient[i]! - expected) <= 1e-5 + 1e-3 * Math.abs(expected))) wrong.push(`${name}[${i}]: ${gradient[i]} for ${expected}`)
      }
    }
    expect(wrong).toEqual([])
    expect(largest).toBeGreaterThan(0.1)
  })
})

describe('recomputation', () => {
  it('changes no gradient', () => {
    const kept = gradients(microBatchGraph(tinyLlama({ dropout: 0.3 })))
    const again = gradients(microBatchGraph(tinyLlama({ dropout: 0.3, activationCheckpointing: true })))
    expect(kept.size).toBe(28)
    for (const [name, gradient] of kept) expect(difference(again.get(name)!, gradient, 1e-12), name).toBeUndefined()
  })

  it('makes the products of a layer a second time, so that less is kept at once', () => {
    const graph = microBatchGraph(tinyLlama({ activationCheckpointing: true }))
    const again = graph.nodes.filter(({ scope }) => scope === 'layer 0 again').map(({ op }) => op.name)
    expect(again).toEqual(graph.nodes.filter(({ scope }) => scope === 'layer 0').map(({ op }) => op.name))
    const kept = makePlan(microBatchGraph(tinyLlama()), [], traits)
    const lean = makePlan(graph, [], traits)
    expect(lean.kernels.length).toBeGreaterThan(kept.kernels.length)
    const borders = ['layer 0 again', 'layer 1 again']
    for (const { scope, inputs } of graph.nodes.filter((node) => node.scope.endsWith('backward'))) {
      const layer = scope.replace(' backward', '')
      if (!borders.includes(`${layer} again`)) continue
      const from = new Set(inputs.flatMap((input) => (input?.node ? [input.node.scope] : [])))
      expect(from.has(layer), `${scope} reads a value that ${layer} kept`).toBe(false)
    }
  })
})

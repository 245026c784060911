/** The ONNX form of every op that has one, against the float64 references. */
import { describe, expect, it } from 'vitest'
import { dropoutMask } from '../../src/engine/dropout-mask.ts'
import type { Graph, Value } from '../../src/engine/graph.ts'
import { lowerToOnnx, type OnnxProgram } from '../../src/engine/onnx/lower.ts'
import { OnnxSession, type MaskFeed } from '../../src/engine/onnx/session.ts'
import { activation } from '../../src/engine/ops/activation.ts'
import { attention } from '../../src/engine/ops/attention/index.ts'
import { dropout } from '../../src/engine/ops/dropout.ts'
import { gatedActivation } from '../../src/engine/ops/gated-activation.ts'
import { layerNorm } from '../../src/engine/ops/layer-norm.ts'
import { rmsNorm } from '../../src/engine/ops/rms-norm.ts'
import { rope } from '../../src/engine/ops/rope.ts'
import { storesAndInputs } from '../support/onnx-feeds.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { buildCase } from './cases/case.ts'
import { opCases } from './cases/index.ts'
import { difference } from './closeness.ts'
import { encodeTensor } from './encode-weight.ts'
import { interpret, type Feeds } from './interpret.ts'

/** f32 sums of a few dozen terms, relative to the largest result. */
const TOLERANCE = 4e-6

function masksOf(graph: Graph, program: OnnxProgram, feeds: Feeds): Record<string, MaskFeed> {
  const shape = graph.nodes.find(({ op }) => op.name === dropout.name)?.inputs[0]?.shape as [number, number]
  const made = [...program.masks].map(([name, attributes]) => {
    const [low, high] = feeds['key'] as [number, number]
    return [name, { data: dropoutMask([low, high], Array.from({ length: shape[0] }, (_, n) => n), shape[1], attributes), shape }] as const
  })
  return Object.fromEntries(made)
}

async function run(graph: Graph, outputs: readonly Value[], feeds: Feeds, fused = false): Promise<Float32Array[]> {
  const program = lowerToOnnx(graph, new Map(outputs.map((value, i) => [`output ${i}`, value])), { inBlocks: false, fused })
  const session = await OnnxSession.create(onnxRuntime, program, (tensor) => encodeTensor(tensor, feeds))
  const results = await session.run(storesAndInputs(graph, program, feeds), { masks: masksOf(graph, program, feeds) })
  session.destroy()
  return outputs.map((_, i) => results[`output ${i}`]!)
}

const entries = opCases.map((opCase) => ({ opCase, ...buildCase(opCase) })).filter(({ graph }) => graph.nodes.every(({ op }) => op.onnx))

describe('ONNX forms (F57 odd sizes, F58 extremes)', () => {
  it.each(entries.map((entry) => [entry.opCase.name, entry] as const))('%s', async (_name, { opCase, graph, outputs, feeds }) => {
    const results = await run(graph, outputs, feeds)
    const read = interpret(graph, feeds)
    const differences = outputs.map((value, i) => {
      const found = difference(results[i]!, read(value), opCase.tolerance ?? TOLERANCE)
      return found && `output ${i}, ${value.name}: ${found}`
    })
    expect(differences.filter(Boolean)).toEqual([])
  })

  const fusing = [rmsNorm, layerNorm, rope, activation, gatedActivation, attention].map(({ name }) => name)
  const forward = entries.filter(({ opCase, graph }) => fusing.includes(graph.nodes[0]!.op.name) && !/packed|nothing/.test(opCase.name))
  it.each(forward.map((entry) => [entry.opCase.name, entry] as const))('in one operator, where no gradient follows: %s', async (_name, { opCase, graph, feeds }) => {
    const output = graph.nodes[0]!.outputs[0]!
    const [result] = await run(graph, [output], feeds, true)
    expect(difference(result!, interpret(graph, feeds)(output), opCase.tolerance ?? TOLERANCE)).toBeUndefined()
  })

  it('F56 give a gradient of zero wherever what comes from above is zero', async () => {
    for (const { opCase, graph, outputs, gradients, feeds } of entries.filter((entry) => entry.gradients > 0)) {
      const upstream = new Float64Array(feeds['upstream']!.length)
      const results = await run(graph, outputs, { ...feeds, upstream })
      const wrong = results.slice(-gradients).flatMap((gradient, i) => (gradient.every((g) => g === 0) ? [] : [outputs.at(i - gradients)!.name]))
      expect(wrong, opCase.name).toEqual([])
    }
  })
})

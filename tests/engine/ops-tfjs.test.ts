/** The TensorFlow.js form of every op of a forward graph, and that library's gradients of it, against the float64 references. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNodeTfjs } from '../../src/cli/tfjs.ts'
import { dropoutMask } from '../../src/engine/dropout-mask.ts'
import type { Value } from '../../src/engine/graph.ts'
import { liveNodes } from '../../src/engine/live-nodes.ts'
import type { Tensor } from '../../src/engine/tfjs/context.ts'
import { interpret as interpretTfjs, type InterpretSettings } from '../../src/engine/tfjs/interpret.ts'
import type { OpenTfjs } from '../../src/service/engines/tfjs.ts'
import { buildCase, type BuiltCase, type OpCase } from './cases/case.ts'
import { opCases } from './cases/index.ts'
import { difference } from './closeness.ts'
import { interpret, type Feeds } from './interpret.ts'

/** f32 sums of a few dozen terms, relative to the largest result. */
const TOLERANCE = 4e-6

interface Entry extends Omit<BuiltCase, 'outputs'> {
  readonly opCase: OpCase
  readonly outputs: readonly Value[]
  /** As our own rules give them, in float64. */
  readonly gradientValues: readonly Value[]
}

const entries = opCases.flatMap((opCase): Entry[] => {
  const { outputs, gradients, ...built } = buildCase(opCase)
  const forward = outputs.slice(0, outputs.length - gradients)
  const wanted = built.loss ? [...forward, built.loss] : forward
  const covered = liveNodes(built.graph, wanted).every(({ op }) => op.tfjs) && !built.graph.nodes.some(({ op, attributes }) => op.updates?.(attributes).length)
  return covered ? [{ opCase, ...built, gradients, outputs: forward, gradientValues: outputs.slice(forward.length) }] : []
})

function sources({ tf }: OpenTfjs, feeds: Feeds, targets: ReadonlyMap<string, Tensor> = new Map()): InterpretSettings {
  const key = feeds['key'] as [number, number]
  return {
    source: ({ name, shape, dtype }) => {
      const numbers = feeds[name]!
      const target = targets.get(name)
      return target ?? (dtype === 'u32' ? tf.tensor(Int32Array.from(numbers), [...shape], 'int32') : tf.tensor(Float32Array.from(numbers), [...shape]))
    },
    mask: (attributes, { shape: [rows, width] }) =>
      tf.tensor(dropoutMask(key, Array.from({ length: rows! }, (_, n) => n), width!, attributes), [rows!, width!]),
  }
}

/** Gradients of the case's loss, as TensorFlow.js makes them. */
function gradientsOf(opened: OpenTfjs, { graph, loss, opCase }: Entry, feeds: Feeds): Tensor[] {
  const { tf } = opened
  const names = opCase.targets!
  const given = names.map((name) => sources(opened, feeds).source(graph.source(name)!))
  const lossOf = (...tensors: Tensor[]) => {
    const [result] = interpretTfjs(tf, graph, [loss!], sources(opened, feeds, new Map(names.map((name, i) => [name, tensors[i]!]))))
    return tf.sum(result!)
  }
  return tf.grads(lossOf)(given)
}

it('every op of a forward graph is among the cases', () => {
  const names = new Set(entries.flatMap(({ graph }) => graph.nodes.flatMap(({ op }) => (op.tfjs ? [op.name] : []))))
  expect([...names].sort()).toEqual(
    [
      'activation', 'appendRows', 'attention', 'crossEntropy', 'dropout', 'embed', 'gatedActivation', 'gatherRows', 'integers', 'layerNorm',
      'matmul', 'ones', 'rmsNorm', 'rope', 'scale', 'scaleRows', 'softcap', 'splitColumns', 'sum', 'weigh',
    ],
  )
})

describe.each(['cpu', 'wasm'] as const)('TensorFlow.js forms on its %s backend (F57 odd sizes, F58 extremes)', (backend) => {
  let opened: OpenTfjs
  beforeAll(async () => {
    opened = await openNodeTfjs([backend])
  })
  afterAll(() => opened.close())

  it.each(entries.map((entry) => [entry.opCase.name, entry] as const))('%s', (_name, entry) => {
    const { tf } = opened
    const { graph, outputs, feeds, opCase } = entry
    const read = interpret(graph, feeds)
    const before = tf.memory().numTensors
    const differences = tf.tidy(() => {
      const results = interpretTfjs(tf, graph, outputs, sources(opened, feeds))
      const made = entry.gradients > 0 ? [...results, ...gradientsOf(opened, entry, feeds)] : results
      const wanted = [...outputs, ...entry.gradientValues]
      expect(made).toHaveLength(wanted.length)
      return wanted.map((value, i) => {
        expect(made[i]!.shape).toEqual(value.shape)
        const found = difference(made[i]!.dataSync(), read(value), opCase.tolerance ?? TOLERANCE)
        return found && `output ${i}, ${value.name}: ${found}`
      })
    })
    expect(differences.filter(Boolean)).toEqual([])
    expect(tf.memory().numTensors).toBe(before)
  })

  it('F56 give a gradient of zero wherever what comes from above is zero', () => {
    for (const entry of entries.filter(({ gradients }) => gradients > 0)) {
      const upstream = new Float64Array(entry.feeds['upstream']!.length)
      const sums = opened.tf.tidy(() => gradientsOf(opened, entry, { ...entry.feeds, upstream }).map((gradient) => gradient.dataSync().some((g) => g !== 0)))
      expect(sums, entry.opCase.name).not.toContain(true)
    }
  })
})

/** Cases of element-wise ops, of the sum of gradient contributions, and of the single ops of an optimizer step. */
import { matmul } from '../../../src/engine/ops/matmul/index.ts'
import { ACTIVATIONS, type ActivationFunction } from '../../../src/engine/ops/activation-function.ts'
import { activation } from '../../../src/engine/ops/activation.ts'
import { dropout } from '../../../src/engine/ops/dropout.ts'
import { gatedActivation } from '../../../src/engine/ops/gated-activation.ts'
import { adamW } from '../../../src/engine/ops/optimizer/adam-w.ts'
import { addSum } from '../../../src/engine/ops/optimizer/add-sum.ts'
import { gradientCheck } from '../../../src/engine/ops/optimizer/gradient-check.ts'
import { stepControl } from '../../../src/engine/ops/optimizer/step-control.ts'
import { scale } from '../../../src/engine/ops/scale.ts'
import { softcap } from '../../../src/engine/ops/softcap.ts'
import { sum } from '../../../src/engine/ops/sum.ts'
import type { OpCase } from './case.ts'

const FUNCTIONS = Object.keys(ACTIVATIONS) as ActivationFunction[]

const activationCase = (name: ActivationFunction, [rows, width]: readonly [number, number], rest: Partial<OpCase> = {}): OpCase => ({
  name: `activation ${name} ${rows}×${width}`,
  targets: ['x'],
  build: (graph) => [graph.applyOne(activation, [graph.input('x', [rows, width], 'f32')], { function: name })],
  ...rest,
})

const gatedCase = (name: ActivationFunction, [rows, width]: readonly [number, number], rest: Partial<OpCase> = {}): OpCase => ({
  name: `gatedActivation ${name} ${rows}×${width}`,
  targets: ['gate', 'up'],
  build(graph) {
    const [gate, up] = [graph.input('gate', [rows, width], 'f32'), graph.input('up', [rows, width], 'f32')]
    return [graph.applyOne(gatedActivation, [gate, up], { function: name })]
  },
  ...rest,
})

/** From the centre of each approximation over its borders into both tails. */
const SPREAD = [-6, -4.5, -2.5, -1.4, -1.31, -1.2, -0.3, -0.01, 1e-5, 0.02, 0.4, 1.25, 1.32, 1.5, 2.4, 3.9].map(Math.fround)
const EXTREME = [1e4, -1e4, 90, -90, 0, 1e-4, -1e-4]

const softcapCase = (shape: number[], cap: number, feeds: OpCase['feeds'] = {}): OpCase => ({
  name: `softcap of [${shape.join(', ')}] at ${cap}${feeds['x'] ? ', far beyond it too' : ''}`,
  feeds,
  build: (graph) => [graph.applyOne(softcap, [graph.input('x', shape, 'f32')], { cap })],
})

const sumCase = (count: number, shape: number[]): OpCase => ({
  name: `sum of ${count} [${shape.join(', ')}]`,
  targets: ['x0'],
  build: (graph) => [graph.applyOne(sum, Array.from({ length: count }, (_, i) => graph.input(`x${i}`, shape, 'f32')), {})],
})

const scaleCase = (shape: number[]): OpCase => ({
  name: `scale of [${shape.join(', ')}]`,
  targets: ['x'],
  build: (graph) => [graph.applyOne(scale, [graph.input('x', shape, 'f32')], { factor: 48 ** -0.5 })],
})

/** The difference is none: masks are the same bits, and kept numbers are one product. */
const dropoutCase = (shape: number[], probability: number): OpCase => ({
  name: `dropout of ${probability} on [${shape.join(', ')}]`,
  targets: ['x'],
  feeds: { key: [0xdeadbeef, 4096 * 7 + 3] },
  tolerance: 2e-7,
  build: (graph) => [graph.applyOne(dropout, [graph.input('x', shape, 'f32'), graph.input('key', [2], 'u32')], { probability, stream: 11 })],
})

/** A value read by two products, one sum and one activation: its gradient is put together from all of them. */
const contributions: OpCase = {
  name: 'gradient of a value that feeds several ops',
  targets: ['x', 'w'],
  build(graph) {
    const x = graph.input('x', [5, 6], 'f32')
    const w = graph.input('w', [6, 6], 'f32')
    const [left, right] = [matmul(graph, [{ a: x, b: w }]), matmul(graph, [{ a: x, b: w, transposeB: true, alpha: 0.5 }])]
    const gated = graph.applyOne(gatedActivation, [left, x], { function: 'silu' })
    return [graph.applyOne(sum, [gated, right, x, x], {})]
  },
}

const addSumCase = (count: number): OpCase => ({
  name: `addSum of ${count}`,
  build(graph) {
    const total = graph.variable('total', [1], 'metrics')
    graph.apply(addSum, [total, graph.input('x', [count], 'f32')], {})
    return [total]
  },
})

/** One step over flat stores, every result compared. */
const updateCase = (count: number, clipNorm: number): OpCase => ({
  name: `adamW of ${count} with clipping at ${clipNorm}`,
  feeds: {
    hyper: [0.01, 0.9, 0.999, 1 - 0.9, 1 - 0.999, 1e-8, 0.1, clipNorm].map(Math.fround),
    state: [1 - 0.9 ** 3, 1 - 0.999 ** 3, 3, 0].map(Math.fround),
    metrics: [2.5, 0, 0, 1],
    second: Array.from({ length: count }, (_, i) => Math.fround(((i % 7) + 1) / 50)),
  },
  build(graph) {
    const flat = (name: string) => graph.variable(name, [count], name)
    const [parameters, gradient, first, second] = [flat('parameters'), flat('gradient'), flat('first'), flat('second')]
    const hyper = graph.input('hyper', [8], 'f32')
    const [state, metrics] = [graph.variable('state', [4], 'state'), graph.variable('metrics', [4], 'metrics')]
    const parts = graph.applyOne(gradientCheck, [gradient], {})
    const control = graph.applyOne(stepControl, [parts, hyper, state, metrics], {})
    graph.apply(adamW, [parameters, gradient, first, second, control, hyper], {})
    return [parameters, gradient, first, second, state, metrics, control, parts]
  },
})

export const elementwiseCases: OpCase[] = [
  scaleCase([1, 1]),
  scaleCase([7, 5]),
  scaleCase([3, 8]),
  ...FUNCTIONS.flatMap((name) => [
    activationCase(name, [7, 5]),
    activationCase(name, [2, 8], { name: `activation ${name} in both tails`, feeds: { x: SPREAD } }),
    activationCase(name, [1, 7], { name: `F58 activation ${name} at ±1e4`, feeds: { x: EXTREME } }),
    gatedCase(name, [4, 16]),
  ]),
  activationCase('gelu', [1, 1]),
  gatedCase('silu', [1, 1]),
  gatedCase('silu', [7, 5]),
  gatedCase('silu', [1, 7], { name: 'F58 gatedActivation at ±1e4', feeds: { gate: EXTREME } }),
  softcapCase([3, 5], 0.5),
  softcapCase([2, 4], 30, { x: [1e4, -1e4, 900, -90, 0, 1e-4, -1e-4, 30] }),
  sumCase(1, [1, 1]),
  sumCase(3, [5, 7]),
  sumCase(9, [3, 4]),
  dropoutCase([1, 1], 0.5),
  dropoutCase([13, 7], 0.1),
  dropoutCase([4, 4], 0),
  contributions,
  ...[1, 63, 64, 65, 131].map(addSumCase),
  updateCase(1, 0),
  updateCase(1023, 0),
  updateCase(1024, 0.5),
  updateCase(2049, 1e6),
]

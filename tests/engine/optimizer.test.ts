/** The optimizer step on the GPU against torch.optim.AdamW and clip_grad_norm_ written out in float64. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Graph } from '../../src/engine/graph.ts'
import { HYPER, METRICS, STATE } from '../../src/engine/ops/optimizer/step-control.ts'
import { AdapterLayout } from '../../src/runtime/adapter-layout.ts'
import { updateGraph } from '../../src/train/training-graph.ts'
import { gpuDevice } from '../support/gpu.ts'
import { floats } from './cases/case.ts'
import { difference } from './closeness.ts'
import { OpDevice, VARIANTS, type CompiledGraph } from './device.ts'

const layout = new AdapterLayout([{ module: 'm', inFeatures: 37, outFeatures: 29 }], 20)
const size = layout.size
const RATE = 3e-3
const [BETA1, BETA2, DECAY, CLIP] = [0.9, 0.999, 0.05, 0.75]

function hyper(learningRate: number, clipNorm: number): Float32Array {
  const values = new Float32Array(HYPER.size)
  values.set([learningRate, BETA1, BETA2, 1 - BETA1, 1 - BETA2, 1e-8, DECAY, clipNorm])
  return values
}

/** torch.optim.AdamW, the plain form: parameters, moments, and the number of updates. */
class AdamW {
  readonly parameters: Float64Array
  readonly first = new Float64Array(size)
  readonly second = new Float64Array(size)
  #updates = 0

  constructor(parameters: ArrayLike<number>) {
    this.parameters = Float64Array.from(parameters)
  }

  step(gradient: ArrayLike<number>, clip: number): number {
    this.#updates++
    const norm = Math.sqrt(Array.from(gradient).reduce((total, g) => total + g * g, 0))
    const scale = clip > 0 ? Math.min(1, clip / (norm + 1e-6)) : 1
    for (let i = 0; i < size; i++) {
      const g = gradient[i]! * scale
      this.parameters[i]! *= 1 - RATE * DECAY
      this.first[i] = BETA1 * this.first[i]! + (1 - BETA1) * g
      this.second[i] = BETA2 * this.second[i]! + (1 - BETA2) * g * g
      const deviation = Math.sqrt(this.second[i]!) / Math.sqrt(1 - BETA2 ** this.#updates) + 1e-8
      this.parameters[i]! -= (RATE / (1 - BETA1 ** this.#updates)) * (this.first[i]! / deviation)
    }
    return norm
  }
}

const gradientAt = (step: number) => floats(`gradient ${step % 5}`, size).map((g) => g * (0.05 + 0.02 * (step % 3)))

describe.each(['software', 'hardware'] as const)('AdamW on the GPU, kernels for %s', (variant) => {
  let graph: Graph
  let compiled: CompiledGraph
  /** What a run gives, in this order. */
  const names = ['adapter (flat)', 'first moment (flat)', 'second moment (flat)', 'state', 'metrics', 'adapter gradient (flat)']

  beforeAll(async () => {
    graph = updateGraph(layout)
    compiled = await new OpDevice(await gpuDevice()).compile(graph, names.map((name) => graph.source(name)!), VARIANTS[variant])
  })

  const start = { 'adapter (flat)': floats('start', size), state: [0, 0, 0, 0], 'first moment (flat)': new Float64Array(size), 'second moment (flat)': new Float64Array(size) }

  it.each([0, CLIP])('equals float64 after 1, 10 and 1000 steps, clipping at %d', async (clip) => {
    const expected = new AdamW(start['adapter (flat)'])
    for (let step = 1; step <= 1000; step++) {
      const gradient = gradientAt(step)
      const norm = expected.step(gradient, clip)
      const feeds = { 'adapter gradient (flat)': gradient, hyperparameters: hyper(RATE, clip), metrics: [1.5, 0, 0, 0] }
      const given = step === 1 ? { ...start, ...feeds } : feeds
      if (![1, 10, 1000].includes(step)) {
        compiled.submit(given)
        continue
      }
      const [parameters, first, second, state, metrics, left] = await compiled.run(given)
      // β₂ = 0.999 is 1.3e-8 off in f32, a part in 1e5 of 1 − β₂.
      const tolerance = step === 1000 ? 4e-5 : 2e-6
      expect(difference(parameters!, expected.parameters, tolerance), `parameters after ${step}`).toBeUndefined()
      expect(difference(first!, expected.first, tolerance), `first moment after ${step}`).toBeUndefined()
      expect(difference(second!, expected.second, tolerance), `second moment after ${step}`).toBeUndefined()
      expect(state![STATE.updates]).toBe(step)
      expect(state![STATE.correction2]! / (1 - BETA2 ** step)).toBeCloseTo(1, 5)
      expect(metrics![METRICS.gradientNorm]! / norm).toBeCloseTo(1, 5)
      expect([metrics![METRICS.loss], metrics![METRICS.skipped], metrics![METRICS.lossSum]]).toEqual([1.5, 0, 0])
      expect(left!.every((g) => g === 0)).toBe(true)
    }
  })

  it.each([
    ['NaN', NaN, 1.5],
    ['infinite', -Infinity, 1.5],
    ['too large to be squared', 1e30, 1.5],
    ['fine, but the loss NaN', 0.1, NaN],
    ['fine, but the loss infinite', 0.1, Infinity],
  ])('F54 leaves the update out where one gradient is %s, says so, and goes on with the next', async (_, bad, loss) => {
    const gradient = gradientAt(1)
    gradient[size - 1] = bad
    const feeds = { 'adapter gradient (flat)': gradient, hyperparameters: hyper(RATE, CLIP), metrics: [loss, 0, 0, 0] }
    const [parameters, first, second, state, metrics, left] = await compiled.run({ ...start, ...feeds })
    expect(parameters).toEqual(start['adapter (flat)'])
    expect([first, second].every((moments) => moments!.every((m) => m === 0))).toBe(true)
    expect(Array.from(state!)).toEqual([0, 0, 0, 0])
    expect(metrics![METRICS.skipped]).toBe(1)
    expect(metrics![METRICS.loss]).toBe(loss)
    expect(left!.every((g) => g === 0)).toBe(true)

    const expected = new AdamW(start['adapter (flat)'])
    expected.step(gradientAt(2), CLIP)
    const [after] = await compiled.run({ 'adapter gradient (flat)': gradientAt(2), hyperparameters: hyper(RATE, CLIP), metrics: [1, 0, 0, 0] })
    expect(difference(after!, expected.parameters, 2e-6)).toBeUndefined()
  })

  it('F56 a gradient of zero moves nothing but what weight decay does', async () => {
    const feeds = { 'adapter gradient (flat)': new Float64Array(size), hyperparameters: hyper(RATE, CLIP), metrics: [0, 0, 0, 0] }
    const [parameters, , , , metrics] = await compiled.run({ ...start, ...feeds })
    expect(difference(parameters!, start['adapter (flat)'].map((p) => p * (1 - RATE * DECAY)), 1e-6)).toBeUndefined()
    expect(metrics![METRICS.gradientNorm]).toBe(0)
  })

  it('notices a decay that is left out', async () => {
    const expected = new AdamW(start['adapter (flat)'])
    expected.step(gradientAt(1), 0)
    const [parameters] = await compiled.run({ ...start, 'adapter gradient (flat)': gradientAt(1), hyperparameters: hyper(RATE, 0).map((value, i) => (i === HYPER.weightDecay ? 0 : value)), metrics: [1, 0, 0, 0] })
    expect(difference(parameters!, expected.parameters, 2e-6)).toMatch(/^at/)
  })
})

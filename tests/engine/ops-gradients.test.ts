/** Every gradient rule, evaluated in float64, against central differences of the forward pass in float64. */
import { describe, expect, it } from 'vitest'
import type { Op } from '../../src/engine/graph.ts'
import { buildCase, type BuiltCase, type OpCase } from './cases/case.ts'
import { opCases } from './cases/index.ts'
import { interpret, referencedOps } from './interpret.ts'

const EPSILON = 1e-6
const ABSOLUTE = 1e-5
const RELATIVE = 1e-3
/** Elements of a target that are tried, spread over it. */
const MOST = 24

/** (loss(x + ε) − loss(x − ε)) / 2ε at element i of a source. */
function centralDifference({ graph, loss, feeds }: BuiltCase, target: string, i: number): number {
  const lossAt = (shift: number) => {
    const moved = Float64Array.from(feeds[target]!)
    moved[i]! += shift
    return interpret(graph, { ...feeds, [target]: moved }, loss!.node!.id)(loss!).reduce((a, b) => a + b, 0)
  }
  return (lossAt(EPSILON) - lossAt(-EPSILON)) / (2 * EPSILON)
}

/** Elements where the rule and the differences disagree. */
function disagreements(opCase: OpCase, change: (gradient: number) => number = (gradient) => gradient): string[] {
  const built = buildCase(opCase)
  const read = interpret(built.graph, built.feeds)
  const gradients = built.outputs.slice(-built.gradients).map(read)
  return (opCase.targets ?? []).flatMap((target, t) => {
    const gradient = gradients[t]!
    const stride = Math.max(1, Math.floor(gradient.length / MOST))
    const found: string[] = []
    for (let i = 0; i < gradient.length; i += stride) {
      const expected = centralDifference(built, target, i)
      if (!(Math.abs(change(gradient[i]!) - expected) <= ABSOLUTE + RELATIVE * Math.abs(expected))) found.push(`${target}[${i}]: ${gradient[i]} for ${expected}`)
    }
    return found
  })
}

/** Extreme values make differences meaningless in float64; sizes above these teach nothing new and take long. */
const differentiable = opCases.filter(({ targets, name, on }) => targets && on !== 'hardware' && !name.includes('±1e4'))

describe('gradient rules against central differences', () => {
  it.each(differentiable.map((opCase) => [opCase.name, opCase] as const))('%s', (_name, opCase) => {
    expect(disagreements(opCase)).toEqual([])
  })

  it('notices a gradient that is one per cent off', () => {
    const rms = differentiable.find(({ name }) => name === 'rmsNorm 17×13')!
    expect(disagreements(rms, (gradient) => gradient * 1.01)).not.toEqual([])
  })
})

describe('the table of op cases', () => {
  const isOp = (value: unknown): value is Op<unknown> =>
    typeof value === 'object' && value !== null && 'kernels' in value && 'outputs' in value && 'name' in value
  const files = import.meta.glob<Record<string, unknown>>('../../src/engine/ops/**/*.ts', { eager: true })
  // What `sample` gives are draws and not numbers: tests/generate compares it with a sampler of its own.
  const ops = Object.values(files)
    .flatMap((file) => Object.values(file).filter(isOp))
    .filter(({ name }) => name !== 'sample')

  it('holds every op of the engine, and every op has a float64 reference', () => {
    const covered = new Set(opCases.flatMap((opCase) => buildCase(opCase).graph.nodes.map(({ op }) => op.name)))
    expect(ops.length).toBeGreaterThan(15)
    expect(ops.filter(({ name }) => !covered.has(name)).map(({ name }) => name)).toEqual([])
    expect(ops.filter(({ name }) => !referencedOps.has(name)).map(({ name }) => name)).toEqual([])
  })

  it('differentiates every op that has a gradient rule', () => {
    const differentiated = new Set(differentiable.flatMap((opCase) => buildCase({ ...opCase, targets: [] }).graph.nodes.map(({ op }) => op.name)))
    expect(ops.filter(({ name, gradient }) => gradient && !differentiated.has(name)).map(({ name }) => name)).toEqual([])
  })
})

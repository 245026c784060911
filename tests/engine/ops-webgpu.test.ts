/** The kernels of every op against the float64 references, in the form for software adapters and in that for hardware. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gpuDevice } from '../support/gpu.ts'
import { buildCase } from './cases/case.ts'
import { opCases } from './cases/index.ts'
import { difference } from './closeness.ts'
import { OpDevice, VARIANTS, type CompiledGraph } from './device.ts'
import { interpret, type Feeds } from './interpret.ts'

/** f32 sums of a few dozen terms, relative to the largest result. */
const TOLERANCE = 4e-6
/** Cases compiled at a time: compiling is nearly all of what this file does. */
const AHEAD = 6

/** The same sources with huge numbers, to leave rubbish behind wherever a kernel forgets to write. */
function rubbish(feeds: Feeds, floatNames: ReadonlySet<string>): Feeds {
  return Object.fromEntries(Object.entries(feeds).map(([name, data]) => [name, floatNames.has(name) ? Float64Array.from(data, () => 3e30) : data]))
}

let ops: OpDevice

beforeAll(async () => {
  ops = new OpDevice(await gpuDevice())
})

describe.each(['software', 'hardware'] as const)('kernels for %s (F57 odd sizes, F58 extremes)', (variant) => {
  const cases = opCases.filter(({ on }) => on === undefined || on === variant).map((opCase) => ({ opCase, ...buildCase(opCase) }))
  const compiled = new Map<string, Promise<CompiledGraph>>()

  /** The case's program. The next ones begin to compile meanwhile. */
  function program(name: string): Promise<CompiledGraph> {
    const place = cases.findIndex(({ opCase }) => opCase.name === name)
    for (const { opCase, graph, outputs } of cases.slice(place, place + AHEAD)) {
      if (compiled.has(opCase.name)) continue
      const made = ops.compile(graph, outputs, { ...VARIANTS[variant], ...opCase.traits })
      made.catch(() => undefined) // Told by the case's own test.
      compiled.set(opCase.name, made)
    }
    return compiled.get(name)!
  }

  it.each(cases.map((entry) => [entry.opCase.name, entry] as const))('%s', async (name, { opCase, graph, outputs, feeds }) => {
    const made = await program(name)
    const read = interpret(graph, feeds)
    const floatNames = new Set(graph.values.filter(({ source, dtype }) => source?.kind === 'input' && dtype === 'f32').map((value) => value.name))
    await made.run(rubbish(feeds, floatNames))
    const results = await made.run(feeds)
    const differences = outputs.map((value, i) => {
      const found = difference(results[i]!, read(value), opCase.tolerance ?? TOLERANCE)
      return found && `output ${i}, ${value.name}: ${found}`
    })
    expect(differences.filter(Boolean)).toEqual([])
  })

  it('F56 give a gradient of zero wherever what comes from above is zero', async () => {
    for (const { opCase, outputs, gradients, feeds } of cases.filter((entry) => entry.gradients > 0)) {
      const upstream = new Float64Array(feeds['upstream']!.length)
      const results = await (await program(opCase.name)).run({ ...feeds, upstream })
      const wrong = results.slice(-gradients).flatMap((gradient, i) => (gradient.every((g) => g === 0) ? [] : [outputs.at(i - gradients)!.name]))
      expect(wrong, opCase.name).toEqual([])
    }
  })

  afterAll(async () => {
    for (const made of await Promise.allSettled(compiled.values())) if (made.status === 'fulfilled') made.value.destroy()
  })
})

describe('the comparison', () => {
  it('notices one element of a weight that is one per cent off', async () => {
    const opCase = opCases.find(({ name }) => name === 'matmul x·Wᵀ f32 weight 5×8×12')!
    const { graph, outputs, feeds } = buildCase(opCase)
    const program = await ops.compile(graph, outputs, VARIANTS.software)
    const w = Float64Array.from(feeds['w']!)
    w[17]! *= 1.01
    const results = await program.run({ ...feeds, w })
    program.destroy()
    expect(difference(results[0]!, interpret(graph, feeds)(outputs[0]!), TOLERANCE)).toMatch(/^at \d+/)
  })
})

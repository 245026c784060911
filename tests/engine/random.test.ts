/** The counter-based generator and the dropout masks it makes. */
import { describe, expect, it } from 'vitest'
import { Graph } from '../../src/engine/graph.ts'
import { dropout } from '../../src/engine/ops/dropout.ts'
import { threefry2x32, uniformFromBits } from '../../src/engine/random.ts'
import { gpuDevice } from '../support/gpu.ts'
import { OpDevice, VARIANTS } from './device.ts'

describe('Threefry-2x32 with 20 rounds', () => {
  // Known answers that come with Random123 (tests/kat_vectors).
  it.each([
    [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
  ] as const)('key %o, counter %o gives %o', (key, counter, expected) => {
    expect(threefry2x32(key[0], key[1], counter[0], counter[1])).toEqual(expected)
  })

  it('gives numbers below one', () => {
    expect(uniformFromBits(0)).toBe(0)
    expect(uniformFromBits(0xffffffff)).toBeLessThan(1)
    expect(Math.fround(uniformFromBits(0xffffffff))).toBeLessThan(1)
  })
})

describe('dropout', () => {
  const count = 20_000
  const probability = 0.1

  /** Where ones are kept, for a key and a stream. */
  async function mask(key: [number, number], stream: number): Promise<Float64Array> {
    const graph = new Graph()
    const y = graph.applyOne(dropout, [graph.input('x', [count], 'f32'), graph.input('key', [2], 'u32')], { probability, stream })
    const compiled = await new OpDevice(await gpuDevice()).compile(graph, [y], VARIANTS.software)
    const [result] = await compiled.run({ x: new Float64Array(count).fill(1), key })
    compiled.destroy()
    return result!
  }

  const keptOnCpu = (i: number, key: [number, number], stream: number) => uniformFromBits(threefry2x32(...key, i, stream)[0]) >= Math.fround(probability)

  it('drops the same elements on the GPU as on the CPU, and about as many as asked', async () => {
    const key: [number, number] = [0xfeedface, 12_345]
    const kept = await mask(key, 3)
    expect(kept.findIndex((y, i) => y !== (keptOnCpu(i, key, 3) ? Math.fround(1 / (1 - probability)) : 0))).toBe(-1)
    // Five standard deviations of the mean of what is kept.
    const mean = kept.reduce((a, b) => a + b, 0) / count
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(probability / (1 - probability) / count))
  })

  it('has other masks for other layers, steps and seeds', async () => {
    const masks = await Promise.all([mask([1, 1], 0), mask([1, 1], 1), mask([1, 2], 0), mask([2, 1], 0)])
    for (const [i, one] of masks.entries()) {
      for (const other of masks.slice(i + 1)) {
        const both = one.filter((y, at) => y === 0 && other[at] === 0).length / count
        expect(Math.abs(both - probability ** 2)).toBeLessThan(0.004)
      }
    }
  })
})

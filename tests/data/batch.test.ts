/** Packing, planning and shuffling: no token lost, doubled or predicted from the wrong place. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import { BatchSampler } from '../../src/data/batch/sampler.ts'
import { epochOrder } from '../../src/data/batch/shuffle.ts'
import { evaluationBatches, runBatches } from '../../src/data/batch/source.ts'
import type { BatchLayout, MicroBatch, TokenizedExample } from '../../src/data/types.ts'

const exampleArbitrary: fc.Arbitrary<TokenizedExample> = fc
  .array(fc.record({ id: fc.integer({ min: 1, max: 500 }), weight: fc.constantFrom(0, 0, 1, 0.5) }), { minLength: 1, maxLength: 40 })
  .map((tokens) => ({
    row: 1,
    tokens: Uint32Array.from(tokens, (token) => token.id),
    weights: Float32Array.from(tokens, (token, index) => (index === 0 ? 0 : token.weight)),
    truncated: 0,
  }))

const examplesArbitrary = fc.array(exampleArbitrary, { minLength: 1, maxLength: 12 })

/** The examples back from a batch, by its segment ids, positions and targets alone. */
function unpack(batch: MicroBatch): Pick<TokenizedExample, 'tokens' | 'weights'>[] {
  return Array.from({ length: batch.exampleCount }, (_, index) => {
    const places = [...batch.segmentIds.keys()].filter((at) => batch.segmentIds[at] === index + 1)
    const tokens = new Uint32Array(places.length)
    const weights = new Float32Array(places.length)
    for (const at of places) tokens[batch.positions[at] ?? -1] = batch.tokens[at] ?? 0
    for (const [slot, at] of batch.targetRows.entries()) {
      if ((batch.targetWeights[slot] ?? 0) === 0 || batch.segmentIds[at] !== index + 1) continue
      const position = (batch.positions[at] ?? 0) + 1
      expect(tokens[position], 'the target is the token after its row').toBe(batch.targetIds[slot])
      weights[position] = batch.targetWeights[slot] ?? 0
    }
    return { tokens, weights }
  })
}

function layouts(examples: readonly TokenizedExample[]): BatchLayout[] {
  const sizes = [examples.map(exampleSize)]
  return [planLayout(sizes), planLayout(sizes, { rowLength: 64 }), planLayout(sizes, { rowLength: 40 })]
}

describe('packing', () => {
  it('gives back every example, whatever the layout', () => {
    fc.assert(
      fc.property(examplesArbitrary, (examples) => {
        for (const layout of layouts(examples)) {
          const batch = packMicroBatch(examples, layout)
          expect(unpack(batch)).toEqual(examples.map(({ tokens, weights }) => ({ tokens, weights })))
          expect(batch.tokenCount).toBe(examples.reduce((total, example) => total + example.tokens.length, 0))
          expect(batch.segmentIds.filter((id) => id > 0)).toHaveLength(batch.tokenCount)
          const weights = examples.flatMap((example) => [...example.weights])
          expect(batch.weightSum).toBeCloseTo(weights.reduce((total, weight) => total + weight, 0), 10)
        }
      }),
    )
  })

  it('keeps each example in one row, its tokens side by side', () => {
    fc.assert(
      fc.property(examplesArbitrary, (examples) => {
        for (const layout of layouts(examples)) {
          const { segmentIds, positions } = packMicroBatch(examples, layout)
          for (let at = 1; at < segmentIds.length; at++) {
            const id = segmentIds[at] ?? 0
            if (id === 0 || positions[at] === 0) continue
            expect(at % layout.rowLength, 'no example crosses into a row').not.toBe(0)
            expect(segmentIds[at - 1]).toBe(id)
            expect(positions[at - 1]).toBe((positions[at] ?? 0) - 1)
          }
        }
      }),
    )
  })

  it('plans a flat row in multiples of 32 and targets in multiples of 16', () => {
    const layout = planLayout([[{ length: 30, targets: 3 }], [{ length: 20, targets: 10 }, { length: 13, targets: 7 }]])
    expect(layout).toEqual({ rows: 1, rowLength: 64, targetCapacity: 32, longest: 30 })
    expect(planLayout([[{ length: 32, targets: 16 }]])).toEqual({ rows: 1, rowLength: 32, targetCapacity: 16, longest: 32 })
  })

  it('fills rows first-fit decreasing', () => {
    const sizes = [3, 7, 5, 5].map((length) => ({ length, targets: 1 }))
    expect(planLayout([sizes], { rowLength: 10 })).toEqual({ rows: 2, rowLength: 10, targetCapacity: 16, longest: 7 })
  })

  it('refuses a batch that its layout was not planned for, an example longer than a row, and no examples', () => {
    const example: TokenizedExample = { row: 1, tokens: new Uint32Array(20).fill(1), weights: new Float32Array(20).fill(1), truncated: 0 }
    const tight = { rows: 1, rowLength: 32, targetCapacity: 32 }
    expect(() => packMicroBatch([example, example], tight)).toThrow(/more tokens than its layout/)
    expect(() => packMicroBatch([example], { ...tight, targetCapacity: 16 })).toThrow(/more targets than its layout/)
    expect(() => packMicroBatch([example], { ...tight, rowLength: 16 })).toThrow(/does not fit a row of 16/)
    expect(() => planLayout([])).toThrow(/no example/)
  })
})

describe('order', () => {
  it('is a permutation, the same for the same seed and epoch, another for others', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(1000), fc.nat(300), (seed, epoch, count) => {
        const order = epochOrder(seed, epoch, count)
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index))
        expect(epochOrder(seed, epoch, count)).toEqual(order)
      }),
    )
    expect(epochOrder(1, 0, 100)).not.toEqual(epochOrder(1, 1, 100))
    expect(epochOrder(1, 0, 100)).not.toEqual(epochOrder(2, 0, 100))
    expect(epochOrder(1, 1, 100), 'seed and epoch are not merely added').not.toEqual(epochOrder(2, 0, 100))
  })

  it('leaves every place to every example equally often', () => {
    const counts = Array.from({ length: 5 }, () => [0, 0, 0, 0, 0])
    for (let seed = 0; seed < 5000; seed++) {
      for (const [place, index] of epochOrder(seed, seed % 7, 5).entries()) (counts[place] ?? [])[index]! += 1
    }
    // 1,000 expected in each of 25 cells; a standard deviation is 28.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  it('visits every example once an epoch, and a seek equals going there step by step', () => {
    const settings = fc.record({
      count: fc.integer({ min: 1, max: 60 }), batchSize: fc.integer({ min: 1, max: 9 }), accumulate: fc.integer({ min: 1, max: 4 }), seed: fc.nat(),
    })
    fc.assert(
      fc.property(settings, (given) => {
        const sampler = new BatchSampler(given)
        for (const epoch of [0, 1]) {
          const steps = Array.from({ length: sampler.stepsPerEpoch }, (_, step) => sampler.step(epoch * sampler.stepsPerEpoch + step))
          expect([...steps.flat().flatMap((batch) => [...batch])].sort((a, b) => a - b)).toEqual(Array.from({ length: given.count }, (_, i) => i))
          for (const step of steps) expect(step.length).toBeLessThanOrEqual(given.accumulate)
          for (const batch of steps.flat().slice(0, -1)) expect(batch.length).toBe(given.batchSize)
        }
        const late = sampler.stepsPerEpoch + 1
        expect(new BatchSampler(given).step(late)).toEqual(sampler.step(late))
      }),
    )
  })

  it('F50 fewer examples than a batch are one smaller step', () => {
    const sampler = new BatchSampler({ count: 3, batchSize: 8, accumulate: 2, seed: 1 })
    expect(sampler.stepsPerEpoch).toBe(1)
    expect(sampler.step(5).map((batch) => batch.length)).toEqual([3])
  })

  it('refuses sizes that are none', () => {
    expect(() => new BatchSampler({ count: 0, batchSize: 1, accumulate: 1, seed: 1 })).toThrow(/no example/)
    expect(() => new BatchSampler({ count: 1, batchSize: 0, accumulate: 1, seed: 1 })).toThrow(/batch size is 0/)
    expect(() => new BatchSampler({ count: 1, batchSize: 1, accumulate: 1.5, seed: 1 })).toThrow(/accumulation is 1.5/)
  })
})

describe('a run', () => {
  it('has one layout that fits every step and the validation part, and loses no example', () => {
    const many = fc.array(exampleArbitrary, { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(many, fc.array(exampleArbitrary, { maxLength: 10 }), fc.integer({ min: 1, max: 6 }), (training, validation, batchSize) => {
        const steps = 2 * Math.ceil(training.length / (batchSize * 2))
        const run = runBatches(training, validation, { batchSize, accumulate: 2, seed: 3, steps })
        const seen = Array.from({ length: steps }, (_, index) => run.stepBatches(index)).flat()
        for (const batch of [...seen, ...run.validation]) expect(batch.layout).toBe(run.layout)
        const tokens = (examples: readonly TokenizedExample[]) => examples.reduce((total, example) => total + example.tokens.length, 0)
        expect(seen.reduce((total, batch) => total + batch.tokenCount, 0)).toBe(2 * tokens(training))
        expect(run.validation.reduce((total, batch) => total + batch.tokenCount, 0)).toBe(tokens(validation))
        expect(run.stepBatches(steps - 1)).toEqual(run.stepBatches(steps - 1))
      }),
    )
  })

  it('evaluates every example once, in order', () => {
    const example = (id: number): TokenizedExample => ({ row: id, tokens: Uint32Array.of(id, id), weights: Float32Array.of(0, 1), truncated: 0 })
    const batches = evaluationBatches([1, 2, 3, 4, 5].map(example), 2)
    expect(batches.map((batch) => batch.exampleCount)).toEqual([2, 2, 1])
    expect(batches.flatMap((batch) => unpack(batch).map((back) => back.tokens[0]))).toEqual([1, 2, 3, 4, 5])
    expect(evaluationBatches([], 2)).toEqual([])
  })
})

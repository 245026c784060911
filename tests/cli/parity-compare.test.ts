/** The figures of parity: nothing for the very numbers of PyTorch, too much for numbers that are a little off. */
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { tensorName } from '../../src/adapters/peft-tensors.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import {
  adapterFigure,
  figureTable,
  gradientFigure,
  greedyFigure,
  logitsFigure,
  passes,
  stepFigures,
} from '../../src/cli/parity/compare.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { MicroBatch } from '../../src/data/types.ts'

const folder = join(import.meta.dirname, '../fixtures/goldens/llama-tied')
let given: ParityCase
let batch: MicroBatch

beforeAll(async () => {
  given = await readCase(folder)
  batch = packMicroBatch(given.examples, planLayout([given.examples.map(exampleSize)]))
})

/** The expected logits, laid out as an engine gives them. */
function packedLogits(which: string): Float32Array {
  const expected = given.tensors.get(`${which}_logits`)!
  const vocabulary = expected.length / (given.examples.length * given.paddedLength)
  const packed = new Float32Array(batch.tokens.length * vocabulary)
  for (let place = 0; place < batch.tokens.length; place++) {
    if (batch.segmentIds[place] === 0) continue
    const row = (batch.segmentIds[place]! - 1) * given.paddedLength + batch.positions[place]!
    packed.set(expected.subarray(row * vocabulary, (row + 1) * vocabulary), place * vocabulary)
  }
  return packed
}

function expectedGradients(factor = 1): LoraAdapter {
  const gradient = (module: string, side: 'a' | 'b') =>
    given.tensors.get(`grad.${tensorName(module, side)}`)!.map((value) => value * factor)
  const pairs = given.init.pairs.map((pair) => ({ ...pair, a: gradient(pair.module, 'a'), b: gradient(pair.module, 'b') }))
  return { ...given.init, pairs }
}

describe('a parity case', () => {
  it('holds the targets that Hugging Face takes: answers and their end', () => {
    expect(given.examples.map(({ tokens }) => tokens.length)).toEqual([19, 11, 24])
    expect(given.examples.map(({ weights }) => weights.reduce((sum, weight) => sum + weight, 0))).toEqual([11, 8, 10])
    expect(given.learningRates).toHaveLength(20)
  })

  it.each(['base', 'init', 'trained'] as const)('finds %s logits equal to themselves, and 1 % off where one row is', (which) => {
    const logits = packedLogits(which)
    expect(logitsFigure(which, given, batch, logits)).toMatchObject({ value: 0 })
    const vocabulary = logits.length / batch.tokens.length
    const scaled = logits.map((value, i) => (i < vocabulary ? value * 1.01 : value))
    expect(passes(logitsFigure(which, given, batch, scaled))).toBe(false)
  })

  it('lets no NaN and no missing logits pass', () => {
    const logits = packedLogits('base')
    logits[7] = NaN
    expect(passes(logitsFigure('base', given, batch, logits))).toBe(false)
    expect(passes(logitsFigure('base', given, batch, new Float32Array(0)))).toBe(false)
  })

  it('compares every gradient, and names the worst', () => {
    expect(gradientFigure(given, expectedGradients())).toMatchObject({ value: 0 })
    const off = expectedGradients()
    off.pairs[3]!.b = off.pairs[3]!.b.map((value) => value * 1.01)
    const figure = gradientFigure(given, off)
    expect(passes(figure)).toBe(false)
    expect(figure.at).toBe(tensorName(off.pairs[3]!.module, 'b'))
    expect(passes(gradientFigure(given, { ...off, pairs: expectedGradients().pairs.slice(1) }))).toBe(false)
  })

  it('compares losses and gradient norms step by step', () => {
    const metrics = given.losses.map((loss, i) => ({ loss, gradientNorm: given.gradientNorms[i]!, skipped: false }))
    expect(stepFigures(given, metrics).map(({ value }) => value)).toEqual([0, 0])
    metrics[4] = { ...metrics[4]!, loss: metrics[4]!.loss * 1.01 }
    const [losses, norms] = stepFigures(given, metrics)
    expect(losses).toMatchObject({ at: 'step 5' })
    expect([losses, norms].map((figure) => figure && passes(figure))).toEqual([false, true])
    expect(passes(stepFigures(given, metrics.slice(0, 19))[0]!)).toBe(false)
  })

  it('compares the trained adapter and greedy tokens', () => {
    expect(passes(adapterFigure(given, given.trained))).toBe(true)
    expect(passes(adapterFigure(given, given.init))).toBe(false)
    expect(passes(greedyFigure('trained', given, given.greedyTrained))).toBe(true)
    const other = given.greedyTrained.map((row) => [...row])
    other[1]![15] = 0
    expect(greedyFigure('trained', given, other)).toMatchObject({ value: 1, at: 'sequence 2' })
    expect(
      passes(
        greedyFigure(
          'base',
          given,
          given.greedyBase.map((row) => row.slice(1)),
        ),
      ),
    ).toBe(false)
  })

  it('shows what is over and where', () => {
    const table = figureTable('llama-tied', [adapterFigure(given, given.trained), gradientFigure(given, expectedGradients(1.01))])
    expect(table).toMatch(/ok .*trained adapter/)
    expect(table).toMatch(/OVER .*adapter gradients .*base_model/)
  })
})

it('says what a case lacks', async () => {
  await expect(readCase(join(folder, 'init'))).rejects.toMatchObject({ code: 'file-unreadable' })
})

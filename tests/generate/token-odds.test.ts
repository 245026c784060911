/** Probabilities of an answer's tokens: those that the goldens' logits (PyTorch and PEFT) give by softmax, on every engine. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { atStrength } from '../../src/adapters/scale.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import { openParityEngine } from '../../src/cli/parity/engines.ts'
import { answerOdds, softmax } from '../../src/generate/token-odds.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { answerLogits } from '../../src/service/inspection.ts'

const golden = (name: string) => join(import.meta.dirname, '../fixtures/goldens', name)

const CASES = {
  webgpu: ['llama-tied'],
  onnx: ['llama-tied', 'mistral-window', 'gemma3-text', 't5-relu'],
  tfjs: ['llama-tied', 'mistral-window', 't5-relu'],
} as const

/** The first sequence of a case as a prompt and its answer, and the golden's probabilities of the answer's places. */
function asAnswer(given: ParityCase, vocabulary: number, encoder: { startToken: number } | undefined) {
  const { tokens } = given.examples[0]!
  const promptIds = given.prompts[0]!
  const opening = encoder ? 1 : promptIds.length
  const ids = [...tokens.subarray(opening)].slice(0, given.lengths[0]! - (encoder ? 0 : opening))
  const expected = (name: string) =>
    ids.map((_, place) => softmax(given.tensors.get(name)!.subarray((opening - 1 + place) * vocabulary, (opening + place) * vocabulary)))
  return { answer: { promptIds, ids, startId: encoder?.startToken }, base: expected('base_logits'), tuned: expected('trained_logits') }
}

/** The largest gap between a probability that was told and the one of its place. */
function worst(odds: ReturnType<typeof answerOdds>, which: 'base' | 'tuned', expected: Float64Array[]): number {
  return Math.max(...odds.flatMap(({ alternatives, ...place }, i) => [place, ...alternatives].map((one) => Math.abs(one[which]! - expected[i]![one.id]!))))
}

describe.each(['webgpu', 'onnx', 'tfjs'] as const)('%s', (name) => {
  it.each(CASES[name])('%s: probabilities are the softmax of the golden’s logits, base and tuned', async (folder) => {
    const engine = await openParityEngine(name)
    const given = await readCase(golden(folder))
    const opened = await openCaseModel(given.modelPath)
    const { vocabularySize, contextLength, encoder } = modelFromConfig(opened.config)
    const model = { ...(await engine.load(opened)), vocabularySize, contextLength }
    const { answer, base, tuned } = asAnswer(given, vocabularySize, encoder)
    const odds = answerOdds(answer.ids, {
      vocabularySize, base: await answerLogits(model, answer, undefined), tuned: await answerLogits(model, answer, given.trained),
    }, 8)
    expect(odds).toHaveLength(answer.ids.length)
    expect(odds.every(({ alternatives }) => alternatives.length === 8)).toBe(true)
    expect(worst(odds, 'base', base)).toBeLessThan(2e-5)
    expect(worst(odds, 'tuned', tuned)).toBeLessThan(2e-5)
    // The controls: the other model's numbers are far off, and so are those of the place before.
    expect(worst(odds, 'tuned', base)).toBeGreaterThan(1e-2)
    expect(worst(odds, 'base', [base.at(-1)!, ...base.slice(0, -1)])).toBeGreaterThan(1e-3)
    const off = await answerLogits(model, answer, atStrength(given.trained, 0))
    expect(worst(answerOdds(answer.ids, { vocabularySize, base: off, tuned: undefined }, 8), 'base', base)).toBeLessThan(2e-5)
    model.destroy()
    engine.destroy()
  }, 300_000)
})

it('alternatives are the likeliest by both models, and the token itself is always among them', () => {
  const logits = (...masses: number[]) => Float32Array.from(masses, Math.log)
  const [place] = answerOdds([3], { vocabularySize: 4, base: logits(0.6, 0.2, 0.15, 0.05), tuned: logits(0.1, 0.2, 0.65, 0.05) }, 2)
  expect(place!.alternatives.map(({ id }) => id)).toEqual([2, 3])
  expect(place!.base).toBeCloseTo(0.05, 6)
  const [likely] = answerOdds([0], { vocabularySize: 4, base: logits(0.6, 0.2, 0.15, 0.05), tuned: undefined }, 3)
  expect(likely).toMatchObject({ tuned: undefined, alternatives: [{ id: 0 }, { id: 1 }, { id: 2 }] })
})

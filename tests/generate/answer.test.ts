/** What a person sees of an answer: whole characters, no stop strings, and an end for every reason. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeAnswer, type AnswerInputs } from '../../src/generate/answer.ts'
import type { GenerationOptions } from '../../src/generate/types.ts'
import { BigramDecoder, byteText, speller } from './bigram-decoder.ts'
import { aText, matching } from '../support/matching.ts'

const greedy: GenerationOptions = {
  temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 500, stopStrings: [], adapterStrength: 1,
}

async function ask(decoder: BigramDecoder, change: Partial<GenerationOptions> = {}, inputs: Partial<AnswerInputs> = {}) {
  const shown: string[] = []
  const result = await makeAnswer({
    decoder, prompt: [65], options: { ...greedy, ...change }, endIds: [0], text: byteText(), onText: (delta) => void shown.push(delta),
    ...inputs,
  })
  return { ...result, shown }
}

describe('an answer', () => {
  it('ends at the end token, which is not part of it', async () => {
    const decoder = speller('Hello.', 1)
    const { text, tokens, reason, shown } = await ask(decoder)
    expect({ text, tokens, reason }).toEqual({ text: 'Hello.', tokens: 6, reason: 'end-token' })
    expect(shown.join('')).toBe('Hello.')
    expect(decoder.made).toBe(7)
    expect(decoder.ended).toBe(true)
  })

  it('F104 an empty prompt is refused with what to do', async () => {
    await expect(ask(speller('x', 0), {}, { prompt: [] })).rejects.toMatchObject({ code: 'prompt-empty', fix: aText })
  })

  it('F105 a prompt as long as the context is refused, with both numbers', async () => {
    const prompt = new Array<number>(8).fill(65)
    await expect(ask(speller('x', 8, 8), {}, { prompt })).rejects.toMatchObject({ code: 'prompt-too-long', message: matching(/8 tokens.* 8 /) })
    expect((await ask(speller('x', 7, 8), {}, { prompt: prompt.slice(1) })).text).toBe('x')
  })

  it('F106 stops where the context is full', async () => {
    const { text, reason } = await ask(speller('abcdefgh', 1, 5))
    expect({ text, reason }).toEqual({ text: 'abcd', reason: 'context-full' })
  })

  it('F109 passes on logits that are not finite as an error, after what was said', async () => {
    const decoder = new BigramDecoder(100, (_, position) => (position < 3 ? [0, 5] : [NaN, 1]))
    await expect(ask(decoder, {}, { prompt: [1], endIds: [] })).rejects.toMatchObject({ code: 'logits-not-finite' })
    expect(decoder.ended).toBe(true)
  })

  it('F110 a character split over tokens never flickers', async () => {
    const { shown, text } = await ask(speller('né 👩‍🚀 漢字!', 1))
    expect(text).toBe('né 👩‍🚀 漢字!')
    expect(shown.join('')).toBe(text)
    expect(shown.every((delta) => delta !== '' && !delta.includes('\ufffd'))).toBe(true)
  })

  it('F111 without an end token is capped at the limit', async () => {
    const decoder = new BigramDecoder(1000, () => Array.from({ length: 128 }, (_, id) => (id === 97 ? 1 : 0)))
    const { text, reason, tokens } = await ask(decoder, { maxTokens: 20 })
    expect({ text, reason, tokens }).toEqual({ text: 'a'.repeat(20), reason: 'max-tokens', tokens: 20 })
    expect(decoder.made).toBe(20)
  })

  it('F111 ends within one token of a cancel, and shows nothing after it', async () => {
    const decoder = new BigramDecoder(1000, () => Array.from({ length: 128 }, (_, id) => (id === 97 ? 1 : 0)))
    const abort = new AbortController()
    const shown: string[] = []
    const onText = (delta: string) => void (shown.push(delta) === 5 && abort.abort())
    const { reason, text } = await ask(decoder, {}, { signal: abort.signal, onText })
    expect({ reason, text }).toEqual({ reason: 'cancelled', text: 'aaaaa' })
    expect(shown).toHaveLength(5)
    expect(decoder.made).toBeLessThanOrEqual(6)
    expect(decoder.ended).toBe(true)
  })

  it('F98 a cancel before the first token makes none', async () => {
    const decoder = speller('abc', 1)
    expect((await ask(decoder, {}, { signal: AbortSignal.abort() })).reason).toBe('cancelled')
    expect(decoder.made).toBe(0)
  })

  it.each([0, -1, 1.5, NaN])('refuses an answer of %s tokens', async (maxTokens) => {
    await expect(ask(speller('x', 1), { maxTokens })).rejects.toMatchObject({ code: 'sampling-invalid' })
  })
})

describe('stop strings', () => {
  it('end the answer across token borders, and no part of one is shown', async () => {
    const decoder = speller('Yes.\n\nQ: next question', 1)
    const { text, reason, shown } = await ask(decoder, { stopStrings: ['\n\nQ:', 'never'] })
    expect({ text, reason }).toEqual({ text: 'Yes.', reason: 'stop-string' })
    expect(shown.join('')).toBe('Yes.')
    expect(decoder.made).toBe('Yes.\n\nQ:'.length)
  })

  it('what only looked like one is shown after all, also at the end', async () => {
    const { text, shown } = await ask(speller('a\n\nb\n', 1), { stopStrings: ['\n\nQ:'] })
    expect(text).toBe('a\n\nb\n')
    expect(shown.join('')).toBe(text)
  })

  it('the empty one ends nothing', async () => {
    expect((await ask(speller('abc', 1), { stopStrings: [''] })).text).toBe('abc')
  })

  it('for any text and stops: what is shown is the text before the first stop', async () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 0, maxLength: 12 })
    await fc.assert(fc.asyncProperty(letters, fc.array(letters, { maxLength: 3 }), async (whole, stopStrings) => {
      const { text, shown } = await ask(speller(whole, 1), { stopStrings })
      const ends = stopStrings.filter((stop) => stop !== '').map((stop) => whole.indexOf(stop)).filter((place) => place >= 0)
      // The first stop to be complete wins, so of two that overlap the one that ends earlier may begin later.
      const expected = ends.length === 0 ? [whole] : ends.map((place) => whole.slice(0, place))
      expect(expected).toContain(text)
      expect(shown.join('')).toBe(text)
    }), { numRuns: 200 })
  })
})

/** Streaming text: what is shown never has to be taken back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextStream } from '../../src/data/tokenizer/text-stream.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import type { Tokenizer } from '../../src/data/types.ts'
import { PYTHIA, STORIES, TINY, isThere, tokenizerFiles } from './support.ts'

const SAMPLE = 'Anna said: “naïve café” — 日本語 👩‍💻 🎉 done.'

function streamed(tokenizer: Tokenizer, ids: readonly number[], prompt: readonly number[] = []): string[] {
  const stream = new TextStream(tokenizer, prompt)
  const parts = ids.map((id) => stream.push(id))
  return [...parts, stream.flush()]
}

for (const [name, folder] of Object.entries({ 'tiny-llama': TINY, stories260K: STORIES, pythia: PYTHIA })) {
  describe.skipIf(!isThere(folder))(`with the tokenizer of ${name}`, () => {
    it('F110 shows no broken character at any moment, and the whole text at the end', async () => {
      const tokenizer = await createTokenizer(tokenizerFiles(folder))
      const parts = streamed(tokenizer, tokenizer.encode(SAMPLE))
      expect(parts.join('')).toBe(SAMPLE)
      for (const part of parts) expect(part).not.toContain('\uFFFD')
      expect(parts.at(-1), 'nothing is held back at a whole character').toBe('')
    })

    it('keeps the space of the first word after a prompt', async () => {
      const tokenizer = await createTokenizer(tokenizerFiles(folder))
      const whole = tokenizer.encode('Once upon a time')
      const prompt = tokenizer.encode('Once')
      const answer = whole.slice(prompt.length)
      expect(tokenizer.decode(prompt) + streamed(tokenizer, answer, prompt).join('')).toBe('Once upon a time')
    })

    it('F110 gives any text token by token as it is decoded whole', async () => {
      const tokenizer = await createTokenizer(tokenizerFiles(folder))
      const text = fc.string({ unit: fc.constantFrom('a', ' ', '  ', '\n', 'é', '日', '🎉', '.', 'the', ',', "n't"), maxLength: 30 })
      fc.assert(
        fc.property(text, (sample) => {
          const ids = tokenizer.encode(sample)
          expect(streamed(tokenizer, ids).join('')).toBe(tokenizer.decode(ids))
        }),
      )
    })

    it('F110 never repeats or drops text for tokens in any order', async () => {
      const tokenizer = await createTokenizer(tokenizerFiles(folder))
      const ids = fc.array(fc.integer({ min: 0, max: tokenizer.vocabularySize - 1 }), { maxLength: 12 })
      fc.assert(
        fc.property(ids, (sample) => {
          const whole = tokenizer.decode(sample, { skipSpecial: true })
          expect(streamed(tokenizer, sample).join('').replaceAll('\uFFFD', '')).toBe(whole.replaceAll('\uFFFD', ''))
        }),
      )
    })
  })
}

describe('at the end', () => {
  it('F110 leaves out a character that never became whole', async () => {
    const tokenizer = await createTokenizer(tokenizerFiles(TINY))
    const ids = tokenizer.encode('ok 🎉')
    expect(streamed(tokenizer, ids.slice(0, -1)).join('')).toBe('ok ')
    expect(streamed(tokenizer, ids).join('')).toBe('ok 🎉')
  })

  it('goes on after bytes that are no text, without waiting for ever', async () => {
    const tokenizer = await createTokenizer(tokenizerFiles(TINY))
    const broken = tokenizer.encode('🎉').at(-1) ?? 0
    const parts = streamed(tokenizer, [...Array<number>(50).fill(broken), ...tokenizer.encode('fine')])
    expect(parts.join('')).toMatch(/^\uFFFD+fine$/)
    expect(parts.slice(0, 50).join('').length).toBeGreaterThan(40)
  })

  it('shows no special token', async () => {
    const tokenizer = await createTokenizer(tokenizerFiles(TINY))
    expect(streamed(tokenizer, [1, ...tokenizer.encode('hi'), 2]).join('')).toBe('hi')
  })
})

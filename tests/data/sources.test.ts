/** Pairs for a model with an encoder: what it reads and what it learns to write, how both are packed, and who sees whom. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inBlocks } from '../../src/data/batch/in-blocks.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import { defaultTemplate } from '../../src/data/render/template.ts'
import { previewTokens, promptTokens, textTokens, tokenizeExample, tokenizeExamples } from '../../src/data/render/tokenize.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import { TextStream } from '../../src/data/tokenizer/text-stream.ts'
import type { Example, MicroBatch, TokenizedExample, Tokenizer } from '../../src/data/types.ts'
import { sourceFeeds } from '../../src/runtime/source-inputs.ts'
import { batchFeeds } from '../../src/train/batch-feeds.ts'
import { TINY, tinyTokenizer, tokenizerFiles } from './support.ts'

const START = 7
const LONG = 100_000

const encoderTokenizer = () =>
  createTokenizer({ ...tokenizerFiles(TINY), config: { model_type: 't5', is_encoder_decoder: true, decoder_start_token_id: START, pad_token_id: 0 } })

const pair = (input: string, output: string, row = 1): Example => ({ kind: 'pair', row, input, output })
const text = (ids: Iterable<number>, tokenizer: Tokenizer) => tokenizer.decode([...ids])

describe('a pair', () => {
  it('is a source that is read, and a target that is learnt whole, each with the end token; nothing else is put there', async () => {
    const tokenizer = await encoderTokenizer()
    expect(defaultTemplate(tokenizer)).toBe('source-target')
    const { source, tokens, weights } = tokenizeExample(pair('Where is the cat?', 'In the garden.'), tokenizer, 'source-target', LONG)
    expect(text(source!, tokenizer)).toBe('Where is the cat?</s>')
    expect(tokens[0]).toBe(START)
    expect(text(tokens.subarray(1), tokenizer)).toBe('In the garden.</s>')
    expect([...weights]).toEqual([0, ...new Array<number>(tokens.length - 1).fill(1)])
    expect(promptTokens([{ role: 'user', content: 'Where is the cat?' }], tokenizer, 'source-target')).toEqual([...source!])
    expect(textTokens('Where is the cat?', tokenizer)).toEqual([...source!])
  })

  it('keeps its source’s end token when it is cut, and counts what is left out of both', async () => {
    const tokenizer = await encoderTokenizer()
    const whole = tokenizeExample(pair('Where is the cat?', 'In the garden.'), tokenizer, 'source-target', LONG)
    const cut = tokenizeExample(pair('Where is the cat?', 'In the garden.'), tokenizer, 'source-target', 4)
    expect([...cut.source!]).toEqual([...whole.source!.slice(0, 3), tokenizer.endIds[0]])
    expect([...cut.tokens]).toEqual([...whole.tokens.slice(0, 4)])
    expect(cut.weights).toHaveLength(4)
    expect(cut.truncated).toBe(whole.source!.length + whole.tokens.length - 8)
  })

  it('of a chat is its last answer and all before it; a text has no source and is told by row', async () => {
    const tokenizer = await encoderTokenizer()
    const chat: Example = {
      kind: 'chat', row: 2,
      messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'user', content: 'c' }, { role: 'assistant', content: 'd' }],
    }
    const { source, tokens } = tokenizeExample(chat, tokenizer, 'source-target', LONG)
    expect([text(source!, tokenizer), text(tokens.subarray(1), tokenizer)]).toEqual(['a\n\nb\n\nc</s>', 'd</s>'])
    const { examples, findings } = tokenizeExamples([chat, { kind: 'text', row: 3, text: 'Once.' }], tokenizer, 'source-target', LONG)
    expect(examples.map((example) => example !== undefined)).toEqual([true, false])
    expect(findings).toEqual([expect.objectContaining({ row: 3, code: 'source-missing', severity: 'skipped' })])
  })

  it('is shown as it is read, then as it is learnt', async () => {
    const tokenizer = await encoderTokenizer()
    const tokens = previewTokens(pair('cat', 'dog'), tokenizer, 'source-target', LONG)
    expect(text(tokens.filter(({ learnt }) => learnt).map(({ id }) => id), tokenizer)).toBe('dog</s>')
    expect(text(tokens.filter(({ learnt }) => !learnt).map(({ id }) => id).slice(0, -1), tokenizer)).toBe('cat</s>')
  })

  it('shows of a source that is cut the same tokens as a run reads', async () => {
    const tokenizer = await encoderTokenizer()
    const long = pair('the cat and the dog and the cat', 'dog')
    const tokens = previewTokens(long, tokenizer, 'source-target', 4)
    const { source, tokens: target } = tokenizeExample(long, tokenizer, 'source-target', 4)
    expect(tokens.some(({ cut }) => cut)).toBe(true)
    expect(tokens.filter(({ cut }) => !cut).map(({ id }) => id)).toEqual([...source!, ...target])
  })

  it('has an answer that begins anew: its first token is not put after the source', async () => {
    const [encoder, decoder] = [await encoderTokenizer(), await tinyTokenizer()]
    const [source, answer] = [encoder.encode('cat'), encoder.encode('dog')]
    const streamed = (tokenizer: Tokenizer) => {
      const stream = new TextStream(tokenizer, source)
      return answer.map((id) => stream.push(id)).join('') + stream.flush()
    }
    expect(streamed(encoder)).toBe(encoder.decode(answer))
    expect(streamed(decoder)).toBe(decoder.decode([...source, ...answer]).slice(decoder.decode(source).length))
  })
})

const ids = (most: number) => fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: most })

const examplesArbitrary: fc.Arbitrary<TokenizedExample[]> = fc.array(
  fc.tuple(ids(30), ids(12)).map(([source, target]) => ({
    row: 1, source: Uint32Array.from(source), tokens: Uint32Array.of(START, ...target), weights: Float32Array.of(0, ...target.map(() => 1)), truncated: 0,
  })),
  { minLength: 1, maxLength: 9 },
)

/** The sources back from a batch, by segment ids alone. */
const sourcesOf = ({ source, exampleCount }: MicroBatch) =>
  Array.from({ length: exampleCount }, (_, index) => [...source!.tokens].filter((_token, at) => source!.segmentIds[at] === index + 1))

/** Which rows each row sees, as a range says. */
const seen = (ranges: Uint32Array, row: number) => Array.from({ length: Math.max(0, ranges[2 * row + 1]! - ranges[2 * row]!) }, (_, i) => ranges[2 * row]! + i)

/** Of all pairs of rows those with one segment, whatever their ranges say. */
const together = (queries: Uint32Array, keys: Uint32Array, query: number) => [...keys.keys()].filter((key) => queries[query] !== 0 && keys[key] === queries[query])

describe('packing', () => {
  it('gives back every source, in rows of any length and in blocks, beside the tokens of its example', () => {
    fc.assert(
      fc.property(examplesArbitrary, fc.constantFrom(undefined, 13, 40), (examples, rowLength) => {
        const layout = planLayout([examples.map(exampleSize)], rowLength === undefined ? {} : { rowLength })
        const batch = packMicroBatch(examples, layout)
        expect(sourcesOf(batch)).toEqual(examples.map(({ source }) => [...source!]))
        expect(batch.tokenCount).toBe(examples.reduce((sum, { tokens, source }) => sum + tokens.length + source!.length, 0))
        const blocked = inBlocks(batch)
        expect(sourcesOf(blocked.batch)).toEqual(examples.map(({ source }) => [...source!]))
        for (const [at, from] of blocked.sourceOrigin.entries()) if (from >= 0) expect(blocked.batch.source!.tokens[at]).toBe(batch.source!.tokens[from])
        const { sourceLength = 0, rowLength: length } = blocked.batch.layout
        const blockOf = (segments: Uint32Array, size: number, id: number) => Math.floor(segments.indexOf(id) / size)
        for (let id = 1; id <= examples.length; id++) {
          expect(blockOf(blocked.batch.source!.segmentIds, sourceLength, id)).toBe(blockOf(blocked.batch.segmentIds, length, id))
        }
      }),
    )
  })

  it('refuses more than its layout has room for', () => {
    const example = (length: number) => ({ row: 1, source: new Uint32Array(length), tokens: Uint32Array.of(START, 1), weights: Float32Array.of(0, 1), truncated: 0 })
    const layout = planLayout([[exampleSize(example(20))]])
    expect(layout).toMatchObject({ sourceLength: 32, longest: 20 })
    expect(() => packMicroBatch([example(33)], layout)).toThrow(/more tokens of sources/)
  })

  it('lets tokens see their own example’s source, all of it, and nothing else; ranges of queries are the inverse', () => {
    fc.assert(
      fc.property(examplesArbitrary, fc.boolean(), (examples, blocks) => {
        const flat = packMicroBatch(examples, planLayout([examples.map(exampleSize)]))
        const batch = blocks ? inBlocks(flat).batch : flat
        const [own, source] = [batch.segmentIds, batch.source!.segmentIds]
        const targets = batch.targetRows.map((row, m) => (batch.targetWeights[m] === 0 ? 0 : own[row]!))
        const feeds: Record<string, Uint32Array | Float32Array> = batchFeeds(batch, 1)
        const views = [['source range', source, source], ['memory key range', own, source], ['memory query range', source, own],
          ['target memory key range', targets, source], ['target memory query range', source, targets]] as const
        for (const [name, queries, keys] of views) {
          for (const query of queries.keys()) expect(seen(feeds[name] as Uint32Array, query), name).toEqual(together(queries, keys, query))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('asks for nothing where there is no source', () => {
    expect(sourceFeeds({ segmentIds: Uint32Array.of(1, 1) })).toEqual({})
  })
})

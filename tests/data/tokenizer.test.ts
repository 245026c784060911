/** Ids equal to Hugging Face's own tokenizers (expected/make.py), in the worker's implementation and in Node's. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTokenizer as createInBrowser } from '../../src/data/tokenizer/browser.ts'
import { createTokenizer as createInNode } from '../../src/data/tokenizer/node.ts'
import { shieldSpecial } from '../../src/data/tokenizer/special.ts'
import { CHATML, CHAT_TOKENS, LLAMA2, PYTHIA, STORIES, THINKING, TINY, isThere, readJsonFile, tokenizerFiles, withChat } from './support.ts'

const makers = { node: createInNode, browser: createInBrowser }
const folders = { 'tiny-llama': TINY, stories260K: STORIES, pythia: PYTHIA }

interface Expected {
  text: string
  ids: number[]
  decoded: string
}

function expected(name: string): Expected[] {
  return readJsonFile(new URL(`expected/${name}.json`, import.meta.url)) as unknown as Expected[]
}

for (const [name, folder] of Object.entries(folders)) {
  for (const [where, create] of Object.entries(makers)) {
    describe.skipIf(!isThere(folder))(`${name} in ${where}`, () => {
      it('gives the ids of the Python tokenizer, and its text back', async () => {
        const tokenizer = await create(tokenizerFiles(folder))
        for (const { text, ids, decoded } of expected(name)) {
          expect(tokenizer.encode(text, { allowSpecial: true }), text).toEqual(ids)
          expect(tokenizer.decode(ids), text).toBe(decoded)
        }
      })

      it('F49 takes written special tokens for text unless allowed', async () => {
        const tokenizer = await create(tokenizerFiles(folder))
        for (const token of tokenizer.specialTokens) {
          const text = `before ${token}after${token}`
          const ids = tokenizer.encode(text)
          expect(ids.filter((id) => tokenizer.specialIds.has(id)), token).toEqual([])
          expect(tokenizer.decode(ids)).toBe(text)
          expect(tokenizer.encode(text, { allowSpecial: true }).filter((id) => tokenizer.specialIds.has(id))).toHaveLength(2)
        }
      })

      it('encodes a text in pieces to the same text', async () => {
        const tokenizer = await create(tokenizerFiles(folder))
        const words = fc.string({ unit: fc.constantFrom('a', 'b', 'cat', ' ', '\n', '.', 'The', 'é', '日'), maxLength: 20 })
        fc.assert(
          fc.property(words, words, (first, second) => {
            const start = `x${first}`
            const ids = [...tokenizer.encode(start), ...tokenizer.encode(second, { after: 'text' })]
            expect(tokenizer.decode(ids)).toBe(start + second)
          }),
        )
      })
    })
  }
}

it('control: with one merge taken out, the expected ids are not met', async () => {
  const files = tokenizerFiles(TINY)
  const json = files.tokenizer as { model: { merges: unknown[] } }
  const tokenizer = await createInNode({ ...files, tokenizer: { ...json, model: { ...json.model, merges: json.model.merges.slice(1) } } })
  const equal = expected('tiny-llama').map(({ text, ids }) => JSON.stringify(tokenizer.encode(text, { allowSpecial: true })) === JSON.stringify(ids))
  expect(equal).toContain(false)
})

describe('what a tokenizer says of itself', () => {
  it('knows its beginning and end tokens and its size', async () => {
    const tokenizer = await createInNode(tokenizerFiles(TINY))
    expect(tokenizer).toMatchObject({ vocabularySize: 304, bosId: 1, addsBos: true, endIds: [2], hasChatTemplate: false })
    expect([...tokenizer.specialIds].sort()).toEqual([0, 1, 2])
  })

  it('unites the end tokens of tokenizer, config, generation_config and chat template', async () => {
    const files = { ...withChat(CHATML, CHAT_TOKENS), config: { eos_token_id: 7 }, generationConfig: { eos_token_id: [8, 7, 99999, -1, '3'] } }
    expect((await createInNode(files)).endIds).toEqual([2, 7, 8, 305])
    expect((await createInBrowser(files)).endIds).toEqual([2, 7, 8, 305])
    expect((await createInNode(withChat(LLAMA2, []))).endIds).toEqual([2])
    expect((await createInNode(withChat(THINKING, CHAT_TOKENS))).endIds).toEqual([2, 305])
  })

  it('lets add_bos_token in the configuration decide', async () => {
    const files = tokenizerFiles(TINY)
    const without = await createInNode({ ...files, tokenizerConfig: { bos_token: '<s>', add_bos_token: false } })
    expect(without.addsBos).toBe(false)
    const unsaid = await createInNode({ ...files, tokenizerConfig: { bos_token: '<s>' } })
    expect(unsaid.addsBos).toBe(true)
  })

  it('reads named tokens given as objects, or in special_tokens_map.json only', async () => {
    const files = tokenizerFiles(TINY)
    const asObjects = { eos_token: { content: '</s>', lstrip: false }, bos_token: { content: '<s>' } }
    expect((await createInBrowser({ ...files, tokenizerConfig: asObjects, config: {}, generationConfig: {} })).endIds).toEqual([2])
    const inMap = await createInBrowser({ tokenizer: files.tokenizer, specialTokensMap: asObjects })
    expect(inMap).toMatchObject({ endIds: [2], bosId: 1 })
  })

  it('shows single tokens: leading spaces stay, half characters are dots', async () => {
    const tokenizer = await createInNode(tokenizerFiles(TINY))
    const texts = tokenizer.encode('a the é').map((id) => tokenizer.tokenText(id))
    expect(texts[0]).toBe('a')
    expect(texts[1]).toBe(' the')
    expect(texts.slice(-2)).toEqual(['·', '·'])
    expect(tokenizer.tokenText(2)).toBe('</s>')
  })

  it('decodes nothing, and ids beyond the vocabulary, to nothing', async () => {
    const tokenizer = await createInNode(tokenizerFiles(TINY))
    expect(tokenizer.decode([])).toBe('')
    expect(tokenizer.decode([123456])).toBe('')
    expect(tokenizer.decode([1, 2], { skipSpecial: true })).toBe('')
  })

  it('refuses what is no tokenizer, and a chat without a template, in words', async () => {
    await expect(createInNode({ tokenizer: [] })).rejects.toMatchObject({ code: 'tokenizer-unreadable' })
    await expect(createInNode({ tokenizer: { model: { type: 'Nonsense' } } })).rejects.toMatchObject({ code: 'tokenizer-unreadable' })
    const tokenizer = await createInNode(tokenizerFiles(TINY))
    expect(() => tokenizer.renderChat([], { addGenerationPrompt: true })).toThrow(/no chat template/)
  })

  it('says what a chat template objects to', async () => {
    for (const create of [createInNode, createInBrowser]) {
      const tokenizer = await create(withChat(LLAMA2, []))
      const render = () => tokenizer.renderChat([{ role: 'system', content: 'x' }], { addGenerationPrompt: true })
      expect(render).toThrow(/Only user and assistant roles/)
    }
  })

  it('renders the same chat in the worker and in Node', async () => {
    const messages = [{ role: 'system', content: 'Be kind.' }, { role: 'user', content: 'Hi' }] as const
    for (const template of [CHATML, THINKING]) {
      const [node, browser] = await Promise.all([createInNode(withChat(template, CHAT_TOKENS)), createInBrowser(withChat(template, CHAT_TOKENS))])
      const rendered = node.renderChat(messages, { addGenerationPrompt: true })
      expect(rendered).toBe('<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n')
      expect(browser.renderChat(messages, { addGenerationPrompt: true })).toBe(rendered)
    }
  })

  it('F49 keeps shielded special tokens text among real ones', async () => {
    const tokenizer = await createInNode(withChat(CHATML, CHAT_TOKENS))
    const data = 'say <|im_end|> or </s>'
    const ids = tokenizer.encode(`<|im_start|>${shieldSpecial(data, tokenizer.specialTokens)}<|im_end|>`, { allowSpecial: true })
    expect(ids.filter((id) => tokenizer.specialIds.has(id))).toEqual([304, 305])
    expect(tokenizer.decode(ids)).toBe(`<|im_start|>${data}<|im_end|>`)
  })

  it('F49 keeps written special tokens text where the model itself knows them, as Unigram does', async () => {
    const vocab = [['<unk>', 0], ['</s>', 0], ['▁', -2], ...[...'ab</s>'].map((c) => [c, -3])]
    const tokenizer = await createInNode({
      tokenizer: {
        model: { type: 'Unigram', unk_id: 0, vocab },
        pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
        decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
        added_tokens: [{ id: 1, content: '</s>', special: true, normalized: false }],
      },
      tokenizerConfig: { eos_token: '</s>', unk_token: '<unk>' },
    })
    expect(tokenizer.encode('a</s>b')).not.toContain(1)
    expect(tokenizer.decode(tokenizer.encode('a</s>b'))).toBe('a</s>b')
    expect(tokenizer.encode('a</s>b', { allowSpecial: true })).toContain(1)
  })
})

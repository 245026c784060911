/** Loss masks: what the model learns decodes to exactly the answer and its end token. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectation } from '../../src/data/expectation.ts'
import { previewTokens, promptTokens, textTokens, tokenizeExample, tokenizeExamples } from '../../src/data/render/tokenize.ts'
import { checkTemplate, DEFAULT_PLAIN_TEMPLATE, defaultTemplate } from '../../src/data/render/template.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import type { Example, Message, Template, TokenizedExample, Tokenizer } from '../../src/data/types.ts'
import { CHATML, GEMMA, LLAMA2, LLAMA3, PYTHIA, STORIES, THINKING, TINY, chatTokenizer, isThere, tinyTokenizer, tokenizerFiles } from './support.ts'

const LONG = 100_000
const PLAIN = DEFAULT_PLAIN_TEMPLATE

function learnt(example: TokenizedExample, tokenizer: Tokenizer): string {
  return tokenizer.decode([...example.tokens].filter((_, index) => (example.weights[index] ?? 0) > 0))
}

function whole(example: TokenizedExample, tokenizer: Tokenizer): string {
  return tokenizer.decode([...example.tokens])
}

function pair(input: string, output: string): Example {
  return { kind: 'pair', row: 1, input, output }
}

function chat(...messages: Message[]): Example {
  return { kind: 'chat', row: 1, messages }
}

const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string, weight?: number): Message => ({ role: 'assistant', content, ...(weight === undefined ? {} : { weight }) })

const words = fc.string({ unit: fc.constantFrom('a', 'The', 'cat', ' ', '\n', '.', 'é', '🎉', '</s>', '<|im_end|>', '$&', '{input}'), maxLength: 12 })

describe('the plain template', () => {
  it('masks the prompt: the answer and the end token are learnt, after the beginning token', async () => {
    const tokenizer = await tinyTokenizer()
    const example = tokenizeExample(pair('Where is the cat?', 'In the garden.'), tokenizer, PLAIN, LONG)
    expect(whole(example, tokenizer)).toBe('<s>Where is the cat?\nIn the garden.</s>')
    expect(learnt(example, tokenizer)).toBe('In the garden.</s>')
    expect(example.tokens[0]).toBe(tokenizer.bosId)
    expect(example.weights[0]).toBe(0)
  })

  for (const [name, folder] of Object.entries({ 'tiny-llama': TINY, stories260K: STORIES, pythia: PYTHIA })) {
    it.skipIf(!isThere(folder))(`F49 decodes to exactly the answer and the end token for any pair (${name})`, async () => {
      const tokenizer = await createTokenizer(tokenizerFiles(folder))
      const end = tokenizer.decode(tokenizer.endIds.slice(0, 1))
      fc.assert(
        fc.property(words, words.filter((text) => text !== ''), (input, output) => {
          const example = tokenizeExample(pair(input, output), tokenizer, PLAIN, LONG)
          const ids = [...example.tokens].filter((_, index) => (example.weights[index] ?? 0) > 0)
          expect(ids.at(-1)).toBe(tokenizer.endIds[0])
          expect(ids.slice(0, -1).some((id) => tokenizer.specialIds.has(id))).toBe(false)
          expect(example.tokens[0] === tokenizer.bosId).toBe(tokenizer.addsBos)
          const text = tokenizer.decode([...example.tokens.slice(tokenizer.addsBos ? 1 : 0)])
          expect(text).toBe(`${input}\n${output}${end}`)
          const asked = promptTokens([user(input)], tokenizer, PLAIN)
          expect([...example.tokens.slice(0, asked.length)], 'trained on the prompt that is used').toEqual(asked)
          expect(tokenizer.decode(ids).trimStart(), 'the answer').toBe(`${output}${end}`.trimStart())
        }),
      )
    })
  }

  it('can be edited, and is refused without a place for input or output', async () => {
    const tokenizer = await tinyTokenizer()
    const template = { prompt: 'Q: {input}\nA:', answer: ' {output}!' }
    const example = tokenizeExample(pair('who', 'Tom'), tokenizer, template, LONG)
    expect(whole(example, tokenizer)).toBe('<s>Q: who\nA: Tom!</s>')
    expect(learnt(example, tokenizer)).toBe(' Tom!</s>')
    expect(() => checkTemplate(template)).not.toThrow()
    expect(() => checkTemplate({ prompt: 'Q:', answer: '{output}' })).toThrow(/prompt has no place/)
    expect(() => checkTemplate({ prompt: '{input}', answer: 'A' })).toThrow(/answer has no place/)
  })

  it('writes a chat turn by turn, each answer ended', async () => {
    const tokenizer = await tinyTokenizer()
    const example = tokenizeExample(
      chat({ role: 'system', content: 'Be kind.' }, user('Hi'), assistant('Hello'), user('Bye'), assistant('Ciao', 0), user('?'), assistant('!')),
      tokenizer, PLAIN, LONG,
    )
    expect(whole(example, tokenizer)).toBe('<s>Be kind.\n\nHi\nHello</s>Bye\nCiao</s>?\n!</s>')
    expect(learnt(example, tokenizer)).toBe('Hello</s>!</s>')
  })
})

describe('text', () => {
  it('learns every token after the first, the end token included', async () => {
    const tokenizer = await tinyTokenizer()
    const example = tokenizeExample({ kind: 'text', row: 1, text: 'The cat sat.' }, tokenizer, PLAIN, LONG)
    expect(whole(example, tokenizer)).toBe('<s>The cat sat.</s>')
    expect([...example.weights]).toEqual([0, ...Array<number>(example.tokens.length - 1).fill(1)])
    expect([...example.tokens.slice(0, -1)]).toEqual(textTokens('The cat sat.', tokenizer))
  })

  it.skipIf(!isThere(PYTHIA))('has no beginning token where the tokenizer puts none', async () => {
    const tokenizer = await createTokenizer(tokenizerFiles(PYTHIA))
    const example = tokenizeExample({ kind: 'text', row: 1, text: 'The cat sat.' }, tokenizer, PLAIN, LONG)
    expect(whole(example, tokenizer)).toBe('The cat sat.<|endoftext|>')
    expect(example.weights[0]).toBe(0)
  })
})

describe('the chat template', () => {
  const template: Template = 'chat-template'

  it('turns a pair into a user and an assistant message; the end-of-turn token is learnt', async () => {
    const tokenizer = await chatTokenizer()
    expect(defaultTemplate(tokenizer)).toBe(template)
    const example = tokenizeExample(pair('Hi', 'Hello'), tokenizer, template, LONG)
    expect(whole(example, tokenizer)).toBe('<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>')
    expect(learnt(example, tokenizer)).toBe('Hello<|im_end|>')
  })

  it('learns every answer but those of weight 0', async () => {
    const tokenizer = await chatTokenizer()
    const example = chat(user('1'), assistant('one'), user('2'), assistant('two', 0), user('3'), assistant('three', 1))
    expect(learnt(tokenizeExample(example, tokenizer, template, LONG), tokenizer)).toBe('one<|im_end|>three<|im_end|>')
  })

  it('learns equal answers each in its own place', async () => {
    const tokenizer = await chatTokenizer()
    const example = tokenizeExample(chat(user('a'), assistant('b', 0), user('a'), assistant('b')), tokenizer, template, LONG)
    expect(learnt(example, tokenizer)).toBe('b<|im_end|>')
    expect(example.weights.at(-1)).toBe(1)
  })

  it('keeps to templates that trim, and write the space before an answer themselves', async () => {
    const tokenizer = await chatTokenizer(LLAMA2)
    const example = tokenizeExample(chat(user(' Hi '), assistant('  Hello '), user('Bye'), assistant('Ciao')), tokenizer, template, LONG)
    expect(whole(example, tokenizer)).toBe('<s>[INST] Hi [/INST] Hello </s><s>[INST] Bye [/INST] Ciao </s>')
    expect(learnt(example, tokenizer)).toBe(' Hello </s> Ciao </s>')
  })

  it('keeps to templates that write earlier answers otherwise than the last', async () => {
    const tokenizer = await chatTokenizer(THINKING)
    const example = tokenizeExample(chat(user('1'), assistant('<think>\nhm\n</think>\n\none'), user('2'), assistant('two')), tokenizer, template, LONG)
    expect(whole(example, tokenizer)).toContain('<|im_start|>assistant\none<|im_end|>\n')
    expect(learnt(example, tokenizer)).toBe('one<|im_end|><think>\n\n</think>\n\ntwo<|im_end|>')
  })

  it('ends the last answer itself where the template does not', async () => {
    const tokenizer = await chatTokenizer("{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}")
    const example = tokenizeExample(pair('Hi', 'Hello'), tokenizer, template, LONG)
    expect(whole(example, tokenizer)).toBe('user: Hi\nassistant: Hello</s>')
    expect(learnt(example, tokenizer)).toBe(' Hello</s>')
  })

  const asIs = (text: string) => text
  const trimmed = (text: string) => text.trim()
  const families = {
    ChatML: { source: CHATML, written: asIs, end: '<|im_end|>' },
    'Llama 2': { source: LLAMA2, written: (text: string) => ` ${text.trim()} `, end: '</s>' },
    'Llama 3': { source: LLAMA3, written: trimmed, end: '<|eot_id|>' },
    'Gemma 2': { source: GEMMA, written: trimmed, end: '<|im_end|>' },
    'Qwen 3': { source: THINKING, written: (text: string) => `<think>\n\n</think>\n\n${text.trimStart()}`, end: '<|im_end|>' },
  }
  for (const [name, { source, written, end }] of Object.entries(families)) {
    it(`F49 any pair: the mask decodes to the answer and the end, and the prompt is the one used (${name})`, async () => {
      const tokenizer = await chatTokenizer(source)
      fc.assert(
        fc.property(words, words.filter((text) => text !== ''), (input, output) => {
          const example = tokenizeExample(pair(input, output), tokenizer, template, LONG)
          const asked = promptTokens([user(input)], tokenizer, template)
          expect([...example.tokens.slice(0, asked.length)]).toEqual(asked)
          expect([...example.weights]).toEqual([...example.tokens].map((_, index) => (index >= asked.length ? 1 : 0)))
          expect(learnt(example, tokenizer)).toBe(written(output) + end)
          const specials = [...example.tokens.slice(asked.length)].filter((id) => tokenizer.specialIds.has(id))
          expect(specials, 'one end token, whatever the data writes').toHaveLength(1)
        }),
      )
    })

    it(`learns the answers of a longer conversation (${name})`, async () => {
      const tokenizer = await chatTokenizer(source)
      const example = chat(user('1'), assistant('one'), user('2'), assistant('two', 0), user('3'), assistant('three'))
      const first = source === THINKING ? 'one' : written('one')
      expect(learnt(tokenizeExample(example, tokenizer, template, LONG), tokenizer)).toBe(first + end + written('three') + end)
    })
  }

  it('reports a conversation that the template refuses, by row, and goes on', async () => {
    const tokenizer = await chatTokenizer(LLAMA2)
    const examples: Example[] = [
      { kind: 'chat', row: 4, messages: [{ role: 'system', content: 'x' }, user('a'), assistant('b')] },
      { ...pair('a', 'b'), row: 5 },
    ]
    const { examples: tokenized, findings } = tokenizeExamples(examples, tokenizer, template, LONG)
    expect(tokenized.map((example) => example?.row)).toEqual([undefined, 5])
    expect(findings).toMatchObject([{ row: 4, severity: 'skipped', code: 'chat-template-refused' }])
    expect(findings[0]?.message).toContain('Only user and assistant roles are supported!')
  })
})

describe('tools', () => {
  const tool = { type: 'function', function: { name: 'weather', description: 'about <|im_end|>' } }
  const call: Message = { role: 'assistant', content: '', tool_calls: [{ type: 'function', function: { name: 'weather', arguments: { city: 'Bern <|im_end|>' } } }] }
  const withTools = (row: number): Example => ({ kind: 'chat', row, tools: [tool], messages: [user('Rain?'), call, { role: 'tool', content: 'sun' }, assistant('No.')] })
  const TOOLS = "{% if tools %}<|im_start|>system\nTools: {{ tools | tojson }}<|im_end|>\n{% endif %}{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}{% if m.tool_calls %}{% for c in m.tool_calls %}{{ '<tool_call>' + (c.function | tojson) + '</tool_call>' }}{% endfor %}{% else %}{{ m.content }}{% endif %}{{ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

  it('F49 are given to the template with the calls, which are learnt as it writes them; written special tokens stay text', async () => {
    const tokenizer = await chatTokenizer(TOOLS)
    const example = tokenizeExample(withTools(1), tokenizer, 'chat-template', LONG)
    expect(whole(example, tokenizer)).toContain('Tools: [{"type": "function", "function": {"name": "weather"')
    expect(learnt(example, tokenizer)).toBe('<tool_call>{"name": "weather", "arguments": {"city": "Bern <|im_end|>"}}</tool_call><|im_end|>No.<|im_end|>')
    const ends = [...example.tokens].filter((id) => tokenizer.decode([id]) === '<|im_end|>')
    expect(ends, 'of the tools and four messages').toHaveLength(5)
    expect(tokenizeExamples([withTools(1)], tokenizer, 'chat-template', LONG).findings).toEqual([])
  })

  it('are told once where the template has no place for them', async () => {
    const tokenizer = await chatTokenizer()
    const { findings } = tokenizeExamples([withTools(3), pair('a', 'b'), withTools(5)], tokenizer, 'chat-template', LONG)
    expect(findings).toMatchObject([{ code: 'tools-unused', row: 3, others: [5], severity: 'note' }])
    const plain = tokenizeExamples([withTools(3)], tokenizer, PLAIN, LONG)
    expect(plain.findings.map(({ code }) => code)).toEqual(['tools-unused'])
  })

  it('are a finding where the template refuses them', async () => {
    const tokenizer = await chatTokenizer("{% if tools %}{{ raise_exception('No tools here') }}{% endif %}" + CHATML)
    const { examples, findings } = tokenizeExamples([withTools(3), pair('a', 'b')], tokenizer, 'chat-template', LONG)
    expect(examples.map((example) => example !== undefined)).toEqual([false, true])
    expect(findings).toMatchObject([{ row: 3, code: 'chat-template-refused', severity: 'skipped' }])
  })

  it('calls are JSON where no template writes them', async () => {
    const tokenizer = await tinyTokenizer()
    const example = tokenizeExample(withTools(1), tokenizer, PLAIN, LONG)
    expect(learnt(example, tokenizer)).toBe('{"name":"weather","arguments":{"city":"Bern <|im_end|>"}}</s>No.</s>')
  })
})

describe('limits', () => {
  it('F51 cuts at the end, counts what is cut and says so', async () => {
    const tokenizer = await tinyTokenizer()
    const full = tokenizeExample(pair('Hi', 'one two three four'), tokenizer, PLAIN, LONG)
    const cut = tokenizeExample(pair('Hi', 'one two three four'), tokenizer, PLAIN, full.tokens.length - 3)
    expect(full.truncated).toBe(0)
    expect(cut.truncated).toBe(3)
    expect([...cut.tokens]).toEqual([...full.tokens.slice(0, -3)])
    const { examples, findings } = tokenizeExamples([pair('Hi', 'one two three four')], tokenizer, PLAIN, full.tokens.length - 3)
    expect(examples[0]).toEqual(cut)
    expect(findings).toMatchObject([{ row: 1, code: 'too-long', severity: 'note' }])
    expect(findings[0]?.message).toContain('the last 3')
  })

  it('F52 leaves out an example with nothing to learn, with the reason', async () => {
    const tokenizer = await tinyTokenizer()
    const { examples, findings } = tokenizeExamples([pair('a very long prompt', 'b'), pair('a', 'b')], tokenizer, PLAIN, 8)
    expect(examples[0]).toBeUndefined()
    expect(examples[1]?.weights.some((weight) => weight > 0)).toBe(true)
    expect(findings).toMatchObject([{ row: 1, code: 'all-masked', severity: 'skipped' }])
  })

  it('learns nothing of a row whose answer is still to be written, nor of an empty answer in a conversation, and says so', async () => {
    const tokenizer = await chatTokenizer()
    const open: Example[] = [
      pair('a', ''), { kind: 'text', row: 1, text: '' }, chat(user('a'), assistant('')), chat(user('a'), assistant('said', 0), user('b'), assistant('')),
    ]
    for (const template of [PLAIN, 'chat-template'] as const) {
      const { examples, findings } = tokenizeExamples(open, tokenizer, template, LONG)
      expect(examples).toEqual(open.map(() => undefined))
      expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(open.map(() => 'empty_completion skipped'))
      expect(previewTokens(open[0]!, tokenizer, template, LONG).map(({ text }) => text).join('')).toContain('a')
      const half = tokenizeExample(chat(user('a'), assistant('said'), user('b'), assistant('')), tokenizer, template, LONG)
      expect(learnt(half, tokenizer)).toMatch(/^said(<\|im_end\|>|<\/s>)$/)
    }
    expect(open.map(expectation)).toEqual(open.map(() => undefined))
  })

  it('previews each token with what is learnt', async () => {
    const tokenizer = await chatTokenizer()
    const tokens = previewTokens(pair('Hi', 'the cat'), tokenizer, 'chat-template', LONG)
    expect(tokens.map((token) => token.text).join('')).toBe('<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nthe cat<|im_end|>')
    expect(tokens.filter((token) => token.learnt).map((token) => token.text).join('')).toBe('the cat<|im_end|>')
    expect(tokens.filter((token) => token.special).map((token) => token.text)).toEqual(['<|im_start|>', '<|im_end|>', '<|im_start|>', '<|im_end|>'])
  })

  it('previews what is cut off too, marked, and not as learnt', async () => {
    const tokenizer = await chatTokenizer()
    const whole = previewTokens(pair('Hi', 'the cat'), tokenizer, 'chat-template', LONG)
    const most = whole.length - 2
    const tokens = previewTokens(pair('Hi', 'the cat'), tokenizer, 'chat-template', most)
    expect(tokens.map(({ id }) => id)).toEqual(whole.map(({ id }) => id))
    expect(tokens.map(({ cut }) => cut)).toEqual(whole.map((_, index) => index >= most))
    const trained = tokenizeExample(pair('Hi', 'the cat'), tokenizer, 'chat-template', most)
    expect(tokens.filter(({ cut }) => !cut).map(({ id }) => id)).toEqual([...trained.tokens])
    expect(tokens.filter(({ learnt: isLearnt }) => isLearnt)).toHaveLength(trained.weights.filter((weight) => weight > 0).length)
  })
})

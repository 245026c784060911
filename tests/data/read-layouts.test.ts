/** Every layout a record may have, and what is wrong with one. */
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { Dataset, Example } from '../../src/data/types.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const read = (...records: unknown[]): Promise<Dataset> => readDataset(bytesOf(records.map((record) => JSON.stringify(record)).join('\n')), 'data.jsonl')
const codes = (dataset: Dataset) => dataset.findings.map(({ row, code, severity }) => `${row} ${code} ${severity}`)
const good = { input: 'a', output: 'b' }

async function example(record: unknown): Promise<Example | undefined> {
  return (await read(record)).examples[0]
}

const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string, weight?: number) => ({ role: 'assistant', content, ...(weight !== undefined && { weight }) })

describe('OpenAI chat', () => {
  it('keeps tools, names, weights, calls and their answers as templates read them', async () => {
    const tool = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }
    const record = {
      messages: [
        { role: 'developer', content: 's' },
        { role: 'user', content: 'Rain?', name: 'Ann' },
        { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }] },
        { role: 'tool', content: 'sun', tool_call_id: 'c1' },
        { role: 'assistant', content: 'No.', weight: 1 },
      ],
      tools: [tool],
    }
    expect(await example(record)).toEqual({
      kind: 'chat', row: 1, tools: [tool],
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'Rain?', name: 'Ann' },
        { role: 'assistant', content: '', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: { city: 'Bern' } } }] },
        { role: 'tool', content: 'sun', tool_call_id: 'c1' },
        { role: 'assistant', content: 'No.', weight: 1 },
      ],
    })
  })

  it('reads the older function_call and functions', async () => {
    const record = {
      messages: [user('Rain?'), { role: 'assistant', content: null, function_call: { name: 'weather', arguments: 'not json' } }, { role: 'function', name: 'weather', content: 'sun' }, assistant('No.')],
      functions: [{ name: 'weather' }],
    }
    expect(await example(record)).toMatchObject({
      tools: [{ type: 'function', function: { name: 'weather' } }],
      messages: [{}, { content: '', tool_calls: [{ type: 'function', function: { name: 'weather', arguments: 'not json' } }] }, { role: 'function', name: 'weather' }, {}],
    })
  })

  it('F45 names calls without a name, tools that are no list, keys that nobody reads', async () => {
    const dataset = await read(
      good,
      { messages: [user('x'), { role: 'assistant', content: null, tool_calls: [{ function: {} }] }] },
      { messages: [user('x'), assistant('y')], tools: 'weather' },
      { messages: [{ ...user('x'), mood: 'good' }, assistant('y')] },
      { messages: [user('x'), { role: 'assistant' }] },
    )
    expect(codes(dataset).slice(0, 5)).toEqual(['0 openai-format info', '2 bad-tool-call skipped', '3 wrong-type skipped', '4 message_unrecognized_key note', '4 mixed-layouts note'])
    expect(codes(dataset)[5]).toBe('5 message_missing_key skipped')
    expect(dataset.findings[3]?.message).toContain('mood')
  })
})

describe('prompt and completion', () => {
  it('takes message lists on either side; answers in the prompt are not learnt', async () => {
    expect(await example({ prompt: [user('1'), assistant('one'), user('2')], completion: [assistant('two')] })).toEqual({
      kind: 'chat', row: 1, messages: [user('1'), assistant('one', 0), user('2'), assistant('two')],
    })
    expect(await example({ prompt: [user('1')], completion: 'one' })).toMatchObject({ messages: [user('1'), assistant('one')] })
    expect(await example({ prompt: '1', completion: [assistant('one')] })).toMatchObject({ messages: [user('1'), assistant('one')] })
  })
})

describe('Alpaca', () => {
  it('reads the system message and the history, which is learnt too', async () => {
    const record = { instruction: 'And', input: 'this?', output: 'b', system: 's', history: [['q1', 'a1'], ['q2', 'a2']] }
    expect(await example(record)).toEqual({
      kind: 'chat', row: 1,
      messages: [{ role: 'system', content: 's' }, user('q1'), assistant('a1'), user('q2'), assistant('a2'), user('And\nthis?'), assistant('b')],
    })
    expect(await example({ instruction: 'Do', input: null, output: 'b', system: '', history: [] })).toEqual({ kind: 'pair', row: 1, input: 'Do', output: 'b' })
    expect(codes(await read(good, { ...record, history: [['only']] }))).toEqual(['2 wrong-type skipped'])
  })
})

describe('ShareGPT', () => {
  const turn = (from: string, value: string) => ({ from, value })

  it('reads human, gpt, system, function_call and observation', async () => {
    const record = {
      system: 's', tools: '[{"name":"weather"}]',
      conversations: [turn('human', 'Rain?'), turn('function_call', '{"name":"weather","arguments":{"city":"Bern"}}'), turn('observation', 'sun'), turn('gpt', 'No.')],
    }
    expect(await example(record)).toEqual({
      kind: 'chat', row: 1, tools: [{ type: 'function', function: { name: 'weather' } }],
      messages: [
        { role: 'system', content: 's' }, user('Rain?'),
        { role: 'assistant', content: '', tool_calls: [{ type: 'function', function: { name: 'weather', arguments: { city: 'Bern' } } }] },
        { role: 'tool', content: 'sun' }, assistant('No.'),
      ],
    })
    expect(await example({ conversations: [turn('system', 's'), turn('human', 'a'), turn('gpt', 'b')] })).toMatchObject({ messages: [{ role: 'system' }, {}, {}] })
  })

  it('F45 names unknown speakers and calls that are no JSON; turns out of order are kept, for a person to put right', async () => {
    const dataset = await read(
      good,
      { conversations: [turn('human', 'a'), turn('human', 'b'), turn('gpt', 'c')] },
      { conversations: [turn('gpt', 'a'), turn('human', 'b')] },
      { conversations: [turn('human', 'a'), turn('narrator', 'b')] },
      { conversations: [turn('human', 'a'), turn('function_call', 'weather!')] },
      { conversations: [] },
      { conversations: [turn('human', 'a')] },
    )
    expect(codes(dataset)).toEqual([
      '1 mixed-layouts note', '4 unrecognized_role skipped', '5 bad-tool-call skipped',
      '6 missing_messages_list skipped', '7 example_missing_assistant_message skipped',
    ])
  })
})

describe('preference pairs', () => {
  it('learns the chosen answer, keeps the rejected one, and says so once', async () => {
    const dataset = await read({ prompt: 'p', chosen: 'c', rejected: 'r' }, { question: 'p', chosen: 'c', rejected: 'r', system: 's' })
    expect(dataset.examples).toEqual([
      { kind: 'pair', row: 1, input: 'p', output: 'c', rejected: 'r' },
      { kind: 'chat', row: 2, messages: [{ role: 'system', content: 's' }, user('p'), assistant('c')], rejected: 'r' },
    ])
    expect(codes(dataset).filter((code) => code.includes('preference'))).toEqual(['0 preference-pairs info'])
    expect(codes(await read(good))).toEqual([])
  })

  it('takes message lists with or without the prompt, and OpenAI’s own', async () => {
    const expected = { kind: 'chat', row: 1, messages: [user('p'), assistant('c')], rejected: 'r' }
    expect(await example({ prompt: [user('p')], chosen: [assistant('c')], rejected: [assistant('r')] })).toEqual(expected)
    expect(await example({ prompt: 'p', chosen: [user('p'), assistant('c')], rejected: [user('p'), assistant('r')] })).toEqual(expected)
    const openAi = { input: { messages: [user('1'), assistant('one'), user('2')], tools: [] }, preferred_output: [assistant('two')], non_preferred_output: [assistant('zwei')] }
    expect(await example(openAi)).toEqual({ kind: 'chat', row: 1, messages: [user('1'), assistant('one', 0), user('2'), assistant('two')], rejected: 'zwei' })
  })

  it('F45 names what is missing or of the wrong type', async () => {
    const dataset = await read(good, { chosen: 'c', rejected: 'r' }, { prompt: 'p', chosen: 'c' }, { prompt: 'p', chosen: 1, rejected: 'r' }, { input: 'p', preferred_output: [], non_preferred_output: [] })
    expect(codes(dataset)).toEqual(['2 necessary_column skipped', '3 necessary_column skipped', '4 wrong-type skipped', '5 missing_messages_list skipped'])
  })
})

describe('plain text', () => {
  const passages = ({ examples }: Dataset) => examples.map((one) => (one.kind === 'text' ? [one.row, one.text] : []))

  it('gathers paragraphs; a heading begins a new text', async () => {
    const dataset = await readDataset(bytesOf('One.\nStill one.\n\n\nTwo.\n\n# Head\nThree.\n'), 'book.md')
    expect(passages(dataset)).toEqual([[1, 'One.\nStill one.\n\nTwo.'], [7, '# Head\nThree.']])
  })

  it('keeps each text to 2,000 characters, parted after a sentence or a word, and loses nothing', async () => {
    const paragraph = (count: number) => Array.from({ length: count }, (_, at) => `Sentence number ${at} says little.`).join(' ')
    const book = [paragraph(200), paragraph(30), 'x'.repeat(5001), `${'🎉'.repeat(1500)}`, paragraph(40)].join('\n\n')
    const texts = passages(await readDataset(bytesOf(book), 'book.txt')).map(([, text]) => text as string)
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(2000)
    expect(texts[0]).toMatch(/little\.$/)
    expect(texts.join('').replace(/\s/g, '')).toBe(book.replace(/\s/g, ''))
  })

  it('looks at pasted text: lines of JSON, a table of a spreadsheet, else paragraphs', async () => {
    const layout = async (text: string) => (await readDataset(bytesOf(text), 'Pasted')).examples.map(({ kind, row }) => `${row} ${kind}`)
    expect(await layout(JSON.stringify(good))).toEqual(['1 pair'])
    expect(await layout('question\tanswer\na\tb\nc\td\n')).toEqual(['2 pair', '3 pair'])
    expect(await layout('Dear Ann, thank you.\nIt rains, and rains, here.\n\nYours, Bob')).toEqual(['1 text'])
    await expect(layout('foo;bar\na;b\nc;d')).rejects.toMatchObject({ code: 'columns-unknown' })
  })
})

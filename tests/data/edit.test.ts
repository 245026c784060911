/** Edits of a dataset: each can be taken back, and what is kept reads back the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyChanges, inverse } from '../../src/data/edit/changes.ts'
import { decodeExamples, encodeExamples } from '../../src/data/edit/codec.ts'
import { columnFields, exampleFields, withField } from '../../src/data/edit/fields.ts'
import { EditHistory } from '../../src/data/edit/history.ts'
import { datasetFile } from '../../src/data/edit/write.ts'
import { documentRows } from '../../src/data/make/document.ts'
import { documentText } from '../../src/data/make/document-text.ts'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { Example, RowChange } from '../../src/data/types.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((value) => `x${value}`)
const pair = fc.record({ input: text, output: text }).map((texts): Example => ({ kind: 'pair', row: 0, ...texts }))
const chat = fc.array(text, { minLength: 1, maxLength: 3 }).map((contents): Example => ({
  kind: 'chat', row: 0,
  messages: contents.flatMap((content) => [{ role: 'user' as const, content }, { role: 'assistant' as const, content }]),
}))
const some = fc.array(fc.oneof(pair, chat, text.map((value): Example => ({ kind: 'text', row: 0, text: value }))), { maxLength: 12 })
const numbered = some.map((examples) => examples.map((example, index) => ({ ...example, row: index * 3 + 1 })))

describe('edits', () => {
  it('are taken back and done again, one after another, in any number', () => {
    fc.assert(fc.property(numbered, fc.array(fc.tuple(fc.nat(40), fc.nat(2), text), { maxLength: 8 }), (examples, doings) => {
      const history = new EditHistory(examples)
      const states = [[...history.examples]]
      for (const [at, kind, word] of doings) {
        const before = history.examples[at % Math.max(1, history.examples.length)]
        const row = kind === 0 || !before ? history.nextRow() : before.row
        const added: Example = { kind: 'pair', row, input: word, output: word }
        const after = kind === 0 || !before ? added : kind === 1 ? undefined : withField(before, exampleFields(before)[0]!.name, word)
        const count = history.done.length
        history.do('an edit', [{ row, before: kind === 0 ? undefined : before, after }])
        if (history.done.length > count) states.push([...history.examples])
      }
      const last = states.length - 1
      for (let back = last - 1; back >= 0; back--) {
        history.undo()
        expect(history.examples).toEqual(states[back])
      }
      expect(history.undoes).toBeUndefined()
      for (let on = 1; on <= last; on++) {
        history.redo()
        expect(history.examples).toEqual(states[on])
      }
      expect(new EditHistory(examples, history.done).examples).toEqual(states[last])
    }))
  })

  it('leave other rows alone, and their inverse undoes exactly them', () => {
    const examples: Example[] = ['a', 'b', 'c'].map((input, index) => ({ kind: 'pair', row: index + 1, input, output: input }))
    const changes: RowChange[] = [
      { row: 2, before: examples[1], after: undefined },
      { row: 3, before: examples[2], after: { ...examples[2]!, row: 3, kind: 'pair', input: 'z', output: 'c' } },
    ]
    const changed = applyChanges(examples, changes)
    expect(changed.map(({ row }) => row)).toEqual([1, 3])
    expect(applyChanges(changed, inverse({ what: '', changes }).changes)).toEqual(examples)
    expect(() => withField(examples[0]!, 'message 1', 'x')).toThrow(/no message 1/)
  })
})

describe('what the table lets a person change', () => {
  it('is what a column shows alone: not several turns, not the call of a tool', () => {
    const user = { role: 'user' as const, content: 'two and two?' }
    expect(columnFields({ kind: 'pair', row: 1, input: 'a', output: 'b' })).toEqual({ input: 'input', output: 'output' })
    expect(columnFields({ kind: 'chat', row: 1, messages: [user, { role: 'assistant', content: '4' }] })).toEqual({ output: 'message 2' })
    const call = { type: 'function' as const, function: { name: 'add', arguments: '{}' } }
    expect(columnFields({ kind: 'chat', row: 1, messages: [user, { role: 'assistant', content: '', tool_calls: [call] }] })).toEqual({})
    expect(columnFields({ kind: 'chat', row: 1, messages: [user] })).toEqual({})
  })
})

describe('a dataset that is kept', () => {
  it('reads back the same, whatever its texts', () => {
    fc.assert(fc.property(numbered, (examples) => {
      const whole = JSON.parse(JSON.stringify(examples)) as Example[]
      expect(decodeExamples(encodeExamples(whole))).toEqual(whole)
    }))
    expect(() => decodeExamples(new TextEncoder().encode('{"kind":"film","row":1}\n'))).toThrow(/another version/)
  })

  it('is written as pairs and as OpenAI chat that read back the same, with split, group and origin', async () => {
    const own = [{ group: 'g1', origin: 'a document' }, {}, { group: 'g2' }]
    const examples: Example[] = ['a', 'b', 'c'].map((input, index) => ({ kind: 'pair', row: index + 1, input, output: `${input}!`, ...own[index] }))
    const split = { training: [0, 2], validation: [1] }
    const pairs = datasetFile('my.csv', examples, split, 'pairs')
    expect(pairs.fileName).toBe('my-pairs.jsonl')
    const read = await readDataset(new Uint8Array(await pairs.file.arrayBuffer()), pairs.fileName)
    expect(read.examples).toEqual(examples.map((example, index) => ({ ...example, part: index === 1 ? 'validation' : 'training' })))
    const chats = datasetFile('my.csv', examples, split, 'openai-chat')
    const again = await readDataset(new Uint8Array(await chats.file.arrayBuffer()), chats.fileName)
    expect(again.examples[0]).toMatchObject({ kind: 'chat', group: 'g1', origin: 'a document', messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'a!' }] })
  })
})

describe('a file for other tools', () => {
  const nothingAside = (examples: readonly Example[]) => ({ training: examples.map((_, index) => index), validation: [] })
  async function written(examples: readonly Example[], format: 'pairs' | 'openai-chat') {
    const { file, fileName } = datasetFile('my.jsonl', examples, nothingAside(examples), format)
    const { examples: again } = await readDataset(new Uint8Array(await file.arrayBuffer()), fileName)
    return { rows: (await file.text()).trim().split('\n').map((line) => JSON.parse(line) as unknown), again }
  }

  it('has the arguments of calls as OpenAI wants them, as text, and gives the same chats back', async () => {
    const tools = [{ type: 'function', function: { name: 'weather' } }]
    const call = { id: 'c1', type: 'function' as const, function: { name: 'weather', arguments: { city: 'Bern' } } }
    const chats: Example[] = [
      { kind: 'chat', row: 1, tools, messages: [
        { role: 'user', content: 'Rain?' }, { role: 'assistant', content: '', tool_calls: [call] },
        { role: 'tool', content: 'sun', tool_call_id: 'c1' }, { role: 'assistant', content: 'No.', weight: 1 },
      ] },
    ] // prettier-ignore
    const { rows, again } = await written(chats, 'openai-chat')
    expect(rows).toMatchObject([{ tools, messages: [{}, { tool_calls: [{ id: 'c1', function: { arguments: '{"city":"Bern"}' } }] }, {}, {}] }])
    expect(again).toEqual(chats)
  })

  it('keeps answers that were not chosen, in the layouts for preferences where every row has one', async () => {
    const pairs: Example[] = ['a', 'b'].map((input, at) => ({ kind: 'pair', row: at + 1, input, output: 'good', rejected: 'bad' }))
    const chats: Example[] = [
      { kind: 'chat', row: 1, rejected: 'bad', messages: [{ role: 'user', content: '1' }, { role: 'assistant', content: 'one', weight: 0 }, { role: 'user', content: '2' }, { role: 'assistant', content: 'two' }] },
    ]
    expect((await written(pairs, 'pairs')).rows[0]).toEqual({ prompt: 'a', chosen: 'good', rejected: 'bad' })
    expect((await written(pairs, 'pairs')).again).toEqual(pairs)
    const { rows, again } = await written(chats, 'openai-chat')
    expect(rows).toEqual([{
      input: { messages: [{ role: 'user', content: '1' }, { role: 'assistant', content: 'one' }, { role: 'user', content: '2' }] },
      preferred_output: [{ role: 'assistant', content: 'two' }], non_preferred_output: [{ role: 'assistant', content: 'bad' }],
    }]) // prettier-ignore
    expect(again).toEqual(chats)
    const mixed: Example[] = [...pairs, { kind: 'pair', row: 3, input: 'c', output: 'fine' }]
    expect((await written(mixed, 'pairs')).again).toEqual(mixed)
    expect((await written(mixed, 'openai-chat')).again.map(({ rejected }) => rejected)).toEqual(['bad', 'bad', undefined])
  })
})

describe('rows of a document', () => {
  const document = '# Cats\n\nCats sleep a lot.\n\nThey purr.\n\nDogs\n====\nDogs bark. '.concat('They run far. '.repeat(100), '\n\n## Empty\n')

  it('are its headings with what stands under them', () => {
    const rows = documentRows(document, 'headings')
    expect(rows).toHaveLength(2)
    expect(rows[0]).toEqual({ input: 'Cats', output: 'Cats sleep a lot.\n\nThey purr.' })
    expect(rows[1]).toMatchObject({ input: 'Dogs' })
  })

  it('take no comment in a code block for a heading', () => {
    const code = '# Install\n\n```sh\n# first this\nnpm ci\n\n# then that\n```\n\nDone.\n\n# Use\n\n~~~~\n# open to the end\n~~~\n# still code'
    expect(documentRows(code, 'headings').map((row) => ('input' in row ? row.input : ''))).toEqual(['Install', 'Use'])
    expect(documentRows(code, 'headings')[0]).toMatchObject({ output: expect.stringContaining('# then that') as string })
  })

  it('are read in the encoding that the file has', async () => {
    expect(await documentText(new TextEncoder().encode('\uFEFFCafé'))).toBe('Café')
    expect(await documentText(Uint8Array.from([0xff, 0xfe, 0x48, 0, 0xe9, 0]))).toBe('Hé')
    const western = Uint8Array.from('Le café était fermé, très tôt. « Déjà ? »', (letter) => letter.charCodeAt(0))
    expect(await documentText(western)).toContain('café était fermé')
    await expect(documentText(Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0]))).rejects.toMatchObject({ code: 'document-not-text' })
    await expect(documentText(new TextEncoder().encode('%PDF-1.7\nabc'))).rejects.toMatchObject({ code: 'document-not-text' })
  })

  it('or its paragraphs, short ones joined, long ones cut at their sentences, with nothing lost', () => {
    const rows = documentRows(document, 'continue').map((row) => ('text' in row ? row.text : ''))
    expect(rows[0]).toBe('Cats sleep a lot.\n\nThey purr.')
    expect(rows.every((row) => row.length <= 800 && /[.]$/.test(row))).toBe(true)
    expect(rows.slice(1).join(' ').match(/They run far\./g)).toHaveLength(100)
    expect(documentRows(document, 'questions')[0]).toEqual({ input: '', output: rows[0] })
    expect(documentRows('', 'continue')).toEqual([])
  })
})

/** Rows as the table shows them, what is made of a document, and a batch as it lies on the device. */
import { describe, expect, it } from 'vitest'
import { openTab, readyTab } from './support.ts'

const split = { validationFraction: 0.25, seed: 1 }

describe('rows', () => {
  it('adds a row of the layout that the others have', async () => {
    const { service } = openTab()
    const added = async (lines: readonly object[], row = { input: '', output: '' }) => {
      await service.readData(new File([lines.map((line) => JSON.stringify(line)).join('\n')], 'rows.jsonl'), { split })
      const { summary } = await service.addRow(row)
      return { layout: summary.layout, row: (await service.dataRows({ from: lines.length, count: 1 })).rows[0]! }
    }
    expect(await added([{ text: 'Once.' }, { text: 'Twice.' }])).toMatchObject({ layout: 'text', row: { outputField: 'text' } })
    const chat = (system: string) => ({ messages: [{ role: 'system', content: system }, { role: 'user', content: 'Hi?' }, { role: 'assistant', content: 'Ho.' }] })
    const { layout, row } = await added([chat('Be short.'), chat('Be short.')], { input: 'Who?', output: 'Me.' })
    expect(layout).toBe('chat')
    expect(row.chat).toMatchObject({ before: [{ role: 'system', text: 'Be short.' }, { role: 'user', text: 'Who?' }], answer: { text: 'Me.' } })
    expect((await added([chat('Be short.'), chat('Be long.')])).row.chat!.before.map(({ role }) => role)).toEqual(['user'])
    expect(await added([{ input: 'a', output: 'b' }])).toMatchObject({ layout: 'pairs', row: { inputField: 'input' } })
  })

  it('shows a conversation in whole: what it calls, what is not learnt, and what comes after the last answer', async () => {
    const { service } = openTab()
    const call = { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"place":"Rome"}' } }
    const messages = [
      { role: 'user', content: 'Weather?' }, { role: 'assistant', content: '', tool_calls: [call] }, { role: 'tool', content: 'clear', tool_call_id: 'a' },
      { role: 'assistant', content: 'Clear.', weight: 0 }, { role: 'user', content: 'Tomorrow?' }, { role: 'assistant', content: 'Rain.' }, { role: 'user', content: 'Bye.' },
    ]
    const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }]
    await service.readData(new File([`${JSON.stringify({ messages, tools })}\n`], 'chat.jsonl'), { split })
    const { chat } = (await service.dataRows({ from: 0, count: 1 })).rows[0]!
    expect(chat!.before.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
    expect(chat!.before[1]!.calls[0]).toContain('weather')
    expect(chat!.before.map(({ unlearnt }) => unlearnt)).toEqual([false, false, false, true, false])
    expect(chat).toMatchObject({ answer: { text: 'Rain.', unlearnt: false }, after: [{ role: 'user', text: 'Bye.' }], tools: ['weather'] })
    await service.editRow(1, chat!.before[2]!.name, 'cloudy')
    await service.editRow(1, chat!.after[0]!.name, 'So long.')
    const changed = (await service.dataRows({ from: 0, count: 1 })).rows[0]!.chat!
    expect([changed.before[2]!.text, changed.after[0]!.text, changed.before[1]!.calls]).toEqual(['cloudy', 'So long.', chat!.before[1]!.calls])
  })

  it('keeps with every row who wrote the answers, where the row does not say it, and as other data than without', async () => {
    const { service } = openTab()
    const file = () => new File(['{"input":"a","output":"b"}\n{"input":"c","output":"d","origin":"a book"}'], 'pairs.jsonl')
    const plain = await service.readData(file(), { split })
    const told = await service.readData(file(), { split, origin: 'a teacher' })
    expect((await service.dataRows({ from: 0, count: 2 })).rows.map(({ origin }) => origin)).toEqual(['a teacher', 'a book'])
    expect(told.summary.hash).not.toBe(plain.summary.hash)
  })

  it('reads a document as text, and says so where it is none', async () => {
    const { service } = openTab()
    expect(await service.documentText(new File([Uint8Array.from([0xef, 0xbb, 0xbf, 0x48, 0xc3, 0xa9])], 'a.txt'))).toBe('Hé')
    await expect(service.documentText(new File([Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0])], 'a.xlsx'))).rejects.toMatchObject({ code: 'document-not-text' })
  })
})

describe('a batch that is looked at', () => {
  it('has the rows that the run will pack into it, where they lie, and what of them is learnt', async () => {
    const { service, settings } = await readyTab()
    const batchOf = (index: number, kind: 'webgpu' | 'onnx' = 'webgpu') => service.packedBatch(settings, index, kind)
    const first = await batchOf(0)
    expect(first.lines).toHaveLength(1)
    const packed = first.lines[0]!
    expect(packed).toHaveLength(settings.batchSize)
    expect(packed.reduce((at, { from, tokens }) => (expect(from).toBe(at), at + tokens), 0)).toBe(first.tokens)
    expect(first.room).toBe(first.rowLength)
    const tokens = await service.previewRow(packed[0]!.row, settings.maxLength)
    expect(packed[0]!.tokens).toBe(tokens.length)
    const learnt = packed[0]!.learnt.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at))
    expect(learnt).toEqual(tokens.flatMap((token, at) => (token.learnt ? [at] : [])))

    const all = await Promise.all(Array.from({ length: first.batches }, (_, index) => batchOf(index)))
    const training = (await service.dataRows({ from: 0, count: 100 })).rows.filter(({ part }) => part === 'training').map(({ row }) => row)
    expect(all.flatMap(({ lines }) => lines.flat().map(({ row }) => row)).sort((one, other) => one - other)).toEqual(training)
    await expect(batchOf(first.batches)).rejects.toMatchObject({ code: 'no-such-batch' })

    const blocks = await batchOf(0, 'onnx')
    expect(new Set(blocks.lines.flat().map(({ row }) => row))).toEqual(new Set(packed.map(({ row }) => row)))
    expect(blocks.rowLength).toBe(Math.max(...packed.map((example) => example.tokens)))
  })
})

/** Columns: guessed, told by a person, asked for. */
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { ColumnChoice, ColumnQuestion, Dataset } from '../../src/data/types.ts'
import { HomespunError } from '../../src/errors.ts'
import { writeXlsx } from '../../scripts/lib/write-xlsx.ts'

const read = (text: string, columns?: ColumnChoice, name = 'data.csv') =>
  readDataset(new TextEncoder().encode(text), name, columns ? { columns } : {})
const lines = (...records: unknown[]) => records.map((record) => JSON.stringify(record)).join('\n')
const pairs = ({ examples }: Dataset) => examples.map((example) => (example.kind === 'pair' ? [example.input, example.output] : [example.kind]))

async function question(reading: Promise<Dataset>): Promise<ColumnQuestion> {
  const error: unknown = await reading.catch((thrown: unknown) => thrown)
  if (!(error instanceof HomespunError)) throw new Error('It was read.')
  return error.about as ColumnQuestion
}

describe('guessed', () => {
  it('are told with all that there are', async () => {
    const { columns } = await read('Id,Question,Answer,Source\n1,a,b,web\n')
    expect(columns).toEqual({ names: ['Id', 'Question', 'Answer', 'Source'], sample: [['1', 'a', 'b', 'web']], firstRow: ['Id', 'Question', 'Answer', 'Source'], chosen: { input: 'Question', output: 'Answer' } })
    expect((await read('text\nhello\n')).columns?.chosen).toEqual({ text: 'text' })
    expect((await read('{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}', undefined, 'x.jsonl')).columns).toBeUndefined()
  })

  it('are found in JSON by the keys, with the same names as in a table', async () => {
    const dataset = await read(lines({ id: 7, query: 'a', answer: 4, context: 's' }, { id: 8, query: 'b', answer: 'c' }), undefined, 'x.jsonl')
    expect(dataset.examples).toMatchObject([{ kind: 'chat', messages: [{ content: 's' }, { content: 'a' }, { content: '4' }] }, { kind: 'pair', input: 'b', output: 'c' }])
    expect(dataset.columns).toMatchObject({ names: ['id', 'query', 'answer', 'context'], chosen: { input: 'query', output: 'answer', system: 'context' } })
  })

  it('keep rows of a group together by name', async () => {
    const { examples } = await read('input,output,group\na,b,g1\nc,d,\n')
    expect(examples.map(({ group }) => group)).toEqual(['g1', undefined])
  })

  it('read messages that a table holds as JSON', async () => {
    const cell = JSON.stringify([{ role: 'user', content: 'u' }, { role: 'assistant', content: 'a' }]).replaceAll('"', '""')
    const { examples } = await read(`id,messages\n1,"${cell}"\n`)
    expect(examples).toMatchObject([{ kind: 'chat', messages: [{ content: 'u' }, { content: 'a' }] }])
    expect((await read('prompt,chosen,rejected\np,c,r\n')).examples).toMatchObject([{ input: 'p', output: 'c', rejected: 'r' }])
  })
})

describe('told', () => {
  it('are taken instead of the guess', async () => {
    const text = 'input,output,extra,who\na,b,c,g\n'
    expect(pairs(await read(text))).toEqual([['a', 'b']])
    const told = await read(text, { input: 'output', output: 'extra', group: 'who' })
    expect(told.examples).toEqual([{ kind: 'pair', row: 2, input: 'b', output: 'c', group: 'g' }])
    expect(told.columns?.chosen).toEqual({ input: 'output', output: 'extra', group: 'who' })
    expect((await read(text, { text: 'extra' })).examples).toEqual([{ kind: 'text', row: 2, text: 'c' }])
    expect((await read(text, { instruction: 'input', input: 'extra', output: 'output', system: 'who' })).examples).toMatchObject([{ messages: [{ content: 'g' }, { content: 'a\nc' }, { content: 'b' }] }])
  })

  it('of JSON keys take numbers and truth values as text', async () => {
    const text = lines({ q: 'is 2 prime', a: true, n: 0.5 }, { q: 'x' }, { q: 'y', a: ['z'] })
    const dataset = await read(text, { input: 'q', output: 'a', system: 'n' }, 'x.jsonl')
    expect(dataset.examples).toMatchObject([{ messages: [{ content: '0.5' }, { content: 'is 2 prime' }, { content: 'true' }] }])
    expect(dataset.findings.map(({ row, code }) => `${row} ${code}`)).toEqual(['2 necessary_column', '3 wrong-type'])
  })

  it('F42 a table without a header, by the places of its columns', async () => {
    const dataset = await read('a,b\nc,d\n', { header: false, input: 'column 1', output: 'column 2' })
    expect(dataset.examples).toEqual([{ kind: 'pair', row: 1, input: 'a', output: 'b' }, { kind: 'pair', row: 2, input: 'c', output: 'd' }])
  })

  it('are refused where there is no such column, or not enough', async () => {
    await expect(read('a,b\n1,2\n', { input: 'a', output: 'z' })).rejects.toMatchObject({ code: 'columns-missing' })
    await expect(read('a,b\n1,2\n', { input: 'a' })).rejects.toMatchObject({ code: 'columns-missing' })
  })
})

describe('a first row that is data', () => {
  it('is shown with the question, in a table and in a sheet, and is read as a row where a person says so', async () => {
    const asked = await question(read('Who?,Me.\nWhere?,There.\n'))
    expect(asked).toMatchObject({ firstRow: ['Who?', 'Me.'], sample: [['Where?', 'There.']] })
    const told = await read('Who?,Me.\nWhere?,There.\n', { header: false, input: 'column 1', output: 'column 2' })
    expect(pairs(told)).toEqual([['Who?', 'Me.'], ['Where?', 'There.']])
    expect(told.columns).toMatchObject({ names: ['column 1', 'column 2'], firstRow: ['Who?', 'Me.'], sample: [['Who?', 'Me.'], ['Where?', 'There.']] })
    const sheet = await readDataset(writeXlsx({ A: [['Who?', 'Me.'], ['Where?', 'There.']] }), 'a.xlsx', { columns: { header: false, input: 'column 1', output: 'column 2' } })
    expect([pairs(sheet), sheet.columns?.firstRow]).toEqual([[['Who?', 'Me.'], ['Where?', 'There.']], ['Who?', 'Me.']])
  })
})

describe('asked for', () => {
  it('F42 with the names, the first rows and what is clear', async () => {
    expect(await question(read('question,correct,system\na,b,s\nc,d,s\n'))).toEqual({
      names: ['question', 'correct', 'system'], sample: [['a', 'b', 's'], ['c', 'd', 's']], firstRow: ['question', 'correct', 'system'], guess: { input: 'question', system: 'system' },
    })
    const told = await read('question,correct\na,b\n', { input: 'question', output: 'correct' })
    expect(pairs(told)).toEqual([['a', 'b']])
  })

  it('F42 names that occur twice or not at all are told apart, and can be chosen', async () => {
    const text = 'input,output,output,\na,b,c,d\n'
    await expect(read(text)).rejects.toMatchObject({ code: 'columns-twice' })
    expect((await question(read(text))).names).toEqual(['input', 'output', 'output (2)', 'column 4'])
    expect(pairs(await read(text, { input: 'input', output: 'output (2)' }))).toEqual([['a', 'c']])
    expect((await question(read('a,a (2),a,a,input\n1,2,3,4,5'))).names).toEqual(['a', 'a (2)', 'a (3)', 'a (4)', 'input'])
  })

  it('F42 of JSON whose keys nobody knows', async () => {
    const text = lines({ frage: 'a', antwort: 'b' }, { frage: 'c', antwort: 'd', nr: 3 })
    expect(await question(read(text, undefined, 'x.jsonl'))).toEqual({ names: ['frage', 'antwort', 'nr'], sample: [['a', 'b', ''], ['c', 'd', '3']], guess: {} })
    expect(pairs(await read(text, { input: 'frage', output: 'antwort' }, 'x.jsonl'))).toEqual([['a', 'b'], ['c', 'd']])
  })
})

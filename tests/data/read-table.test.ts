/** CSV and TSV: rows keep their places, and what is wrong is named by its line. */
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { Dataset } from '../../src/data/types.ts'

async function read(content: string | number[], name = 'data.csv'): Promise<Dataset> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content)
  return readDataset(new Uint8Array(bytes), name)
}

const codes = (dataset: Dataset) => dataset.findings.map(({ row, code, severity }) => `${row} ${code} ${severity}`)
const pairs = (dataset: Dataset) => dataset.examples.map((example) => (example.kind === 'pair' ? [example.row, example.input, example.output] : [example.row, example.kind]))

describe('columns', () => {
  it('guesses them by the names people use, in any case and order', async () => {
    expect(pairs(await read('id,Answer, Question \n1,b,a\n'))).toEqual([[2, 'a', 'b']])
    expect(pairs(await read('prompt,completion\na,b'))).toEqual([[2, 'a', 'b']])
    expect(pairs(await read('instruction,input,output\nDo,this,b\nDo,,c'))).toEqual([[2, 'Do\nthis', 'b'], [3, 'Do', 'c']])
    expect(pairs(await read('text,label\nfine,good'))).toEqual([[2, 'fine', 'good']])
  })

  it('takes a system column as the system message', async () => {
    const { examples } = await read('system,input,output\nBe kind.,a,b\n,c,d')
    expect(examples).toEqual([
      { kind: 'chat', row: 2, messages: [{ role: 'system', content: 'Be kind.' }, { role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }] },
      { kind: 'pair', row: 3, input: 'c', output: 'd' },
    ])
  })

  it('keeps what an origin column says of each row, unless it is chosen for something else', async () => {
    const table = 'input,output,Origin\na,b,a teacher\nc,d,\n'
    expect((await read(table)).examples.map(({ origin }) => origin)).toEqual(['a teacher', undefined])
    const chosen = await readDataset(new TextEncoder().encode(table), 'data.csv', { columns: { input: 'Origin', output: 'output' } })
    expect(chosen.examples[0]).toEqual({ kind: 'pair', row: 2, input: 'a teacher', output: 'b' })
  })

  it('takes a split column as the file’s own division, by the names that datasets use', async () => {
    const { examples } = await read('input,output,split\na,b,train\nc,d,Validation\ne,f,test\ng,h,\ni,j,other\n')
    expect(examples.map(({ part }) => part)).toEqual(['training', 'validation', 'validation', undefined, undefined])
    const lines = await read('{"input":"a","output":"b","split":"valid"}\n{"input":"c","output":"d","split":3}\n', 'data.jsonl')
    expect(lines.examples.map(({ part }) => part)).toEqual(['validation', undefined])
  })

  it('knows a part by longer names, and says which it does not know and what it took test rows for', async () => {
    const parts = ['train_sft', 'Validation set', 'hold-out', 'val_matched', 'held out', 'testset', 'test[:10%]', 'fold 3', 'fold 3', 'train or test', '']
    const rowsOf = (names: readonly string[]) => read(`input,output,split\n${names.map((name, at) => `q${at},a,${name}\n`).join('')}`)
    const { examples, findings } = await rowsOf(parts)
    expect(examples.map(({ part }) => part ?? '').join(' ')).toBe('training validation validation validation validation validation validation    ')
    expect(findings).toMatchObject([
      { row: 0, code: 'split-unknown', severity: 'note', message: 'The split names parts that are not known: "fold 3" (2 rows), "train or test" (1 row). These rows are learnt from.' },
      { row: 0, code: 'split-test', severity: 'info', message: expect.stringContaining('2 rows for testing are kept aside, together with 4 rows for validation') as string },
    ])
    expect((await rowsOf(['fold 1', 'fold 2'])).findings).toMatchObject([{ code: 'split-unknown', message: expect.stringContaining('They divide nothing') as string }])
    expect((await rowsOf(['test', 'test'])).findings).toMatchObject([{ code: 'split-one-part', severity: 'note' }])
    expect((await rowsOf(['train', ''])).findings).toEqual([])
  })

  it('takes a text column alone as text', async () => {
    const { examples } = await read('text\n"hello, world"\nfoo\n')
    expect(examples).toEqual([{ kind: 'text', row: 2, text: 'hello, world' }, { kind: 'text', row: 3, text: 'foo' }])
  })

  it('F42 refuses a header it cannot read, naming the columns, and one with a name twice', async () => {
    await expect(read('foo,bar\n1,2')).rejects.toThrow(/"foo", "bar".*Say which/)
    await expect(read('input,output,input\n1,2,3')).rejects.toMatchObject({ code: 'columns-twice' })
  })

  it('F42 finds other separators and says so; a TSV needs no saying', async () => {
    const semicolons = await read('input;output\na, b;c\n')
    expect(pairs(semicolons)).toEqual([[2, 'a, b', 'c']])
    expect(codes(semicolons)).toEqual(['0 delimiter info'])
    const tabs = await read('input\toutput\na, b\tc\n', 'data.tsv')
    expect([pairs(tabs), codes(tabs)]).toEqual([[[2, 'a, b', 'c']], []])
  })
})

describe('cells and rows', () => {
  it('F40 keeps quoted commas, line breaks and doubled quotes', async () => {
    expect(pairs(await read('input,output\n"a, ""b""\nc",d\ne,f\n'))).toEqual([[2, 'a, "b"\nc', 'd'], [4, 'e', 'f']])
  })

  it('reads back whatever Papa Parse writes', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', ';', 'é', '🎉'), minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (rows) => {
        const dataset = await read(Papa.unparse([['input', 'output'], ...rows], { newline: '\n' }))
        expect(pairs(dataset).map(([, ...cells]) => cells)).toEqual(rows)
        expect(dataset.findings).toEqual([])
      }),
    )
  })

  it('F37 reads the same rows whatever ends a line', async () => {
    const rows = ['input,output', '"a\nb",c', 'd,e']
    for (const end of ['\n', '\r\n', '\r']) expect(pairs(await read(rows.join(end)))).toEqual([[2, 'a\nb', 'c'], [4, 'd', 'e']])
    expect(pairs(await read('input,output\r\na,b\nc,d\r'))).toEqual([[2, 'a', 'b'], [3, 'c', 'd']])
  })

  it('F33 strips a byte order mark before the header', async () => {
    expect(pairs(await read('\uFEFFinput,output\na,b'))).toEqual([[2, 'a', 'b']])
  })

  it('F32 refuses an empty table and one with only a header', async () => {
    await expect(read('')).rejects.toMatchObject({ code: 'file-empty' })
    await expect(read('input,output\n')).rejects.toThrow(/no example, only its header/)
  })

  it('F35 names the row with bytes that are not UTF-8', async () => {
    const bytes = [...new TextEncoder().encode('input,output\na,b\n"c\n'), 0xe9, ...new TextEncoder().encode('",d\ne,f\n')]
    const dataset = await read(bytes)
    expect(pairs(dataset)).toEqual([[2, 'a', 'b'], [5, 'e', 'f']])
    expect(codes(dataset)).toEqual(['3 not-utf8 skipped'])
  })

  it('F38 names the opening line of a quote that never closes, and keeps the rows around it', async () => {
    const dataset = await read('input,output\na,b\nc,"d\ne,f\n"g",h\n')
    expect(dataset.findings[0]?.row).toBe(3)
    expect(pairs(dataset)).toEqual([[2, 'a', 'b'], [4, 'e', 'f'], [5, 'g', 'h']])
    const plain = await read('input,output\na,b\nc,"d\ne,f\n')
    expect(codes(plain)).toEqual(['3 open-quote skipped'])
    expect(pairs(plain)).toEqual([[2, 'a', 'b'], [4, 'e', 'f']])
  })

  it('F38 stays quick and honest with an open quote on every line', async () => {
    const dataset = await read(`input,output\na,b\n${'c,"d\n'.repeat(3001)}`)
    expect(pairs(dataset)).toEqual([[2, 'a', 'b']])
    expect(dataset.findings[0]).toMatchObject({ row: 3, severity: 'skipped' })
  })

  it('F39 names text after a closing quote and keeps the other rows', async () => {
    const dataset = await read('input,output\na,b\n"c" d,e\nf,g\n')
    expect(codes(dataset)).toEqual(['3 text-after-quote skipped'])
    expect(pairs(dataset)).toEqual([[2, 'a', 'b'], [4, 'f', 'g']])
  })

  it('F41 names ragged rows and shifts none', async () => {
    const dataset = await read('id,input,output\n1,a,b\n2,c\n3,d,e,f\n\n4,g,h')
    expect(pairs(dataset)).toEqual([[2, 'a', 'b'], [6, 'g', 'h']])
    expect(codes(dataset)).toEqual(['3 ragged-row skipped', '4 ragged-row skipped'])
    expect(dataset.findings[0]?.message).toBe('The row has 2 columns, and the header has 3.')
  })

  it('keeps rows whose answer is still to be written, and leaves out empty ones', async () => {
    const dataset = await read('input,output\na,\n,\nb,c')
    expect(pairs(dataset)).toEqual([[2, 'a', ''], [4, 'b', 'c']])
    expect(codes(dataset)).toEqual(['3 empty-row skipped'])
  })
})

/** XLSX and Parquet, and that a table reads the same whatever file it comes in. */
import fc from 'fast-check'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { parquetWriteBuffer } from 'hyparquet-writer'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { Dataset } from '../../src/data/types.ts'
import { writeXlsx, type XlsxCell } from '../../scripts/lib/write-xlsx.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const codes = (dataset: Dataset) => dataset.findings.map(({ row, code, severity }) => `${row} ${code} ${severity}`)
const xlsx = (sheets: Record<string, XlsxCell[][]>) => readDataset(writeXlsx(sheets), 'data.xlsx')
const pairs = ({ examples }: Dataset) => examples.map((example) => (example.kind === 'pair' ? [example.row, example.input, example.output] : [example.row, example.kind]))

const WRITERS: Record<string, (rows: string[][]) => Uint8Array<ArrayBuffer>> = {
  csv: (rows) => bytesOf(Papa.unparse([['input', 'output'], ...rows], { newline: '\n' })),
  tsv: (rows) => bytesOf(Papa.unparse([['input', 'output'], ...rows], { newline: '\r\n', delimiter: '\t' })),
  jsonl: (rows) => bytesOf(rows.map(([input, output]) => `${JSON.stringify({ input, output })}\n`).join('')),
  json: (rows) => bytesOf(JSON.stringify(rows.map(([input, output]) => ({ input, output })))),
  xlsx: (rows) => writeXlsx({ Data: [['input', 'output'], ...rows] }),
  parquet: (rows) => new Uint8Array(parquetWriteBuffer({
    columnData: [{ name: 'input', data: rows.map(([input = '']) => input), type: 'STRING' }, { name: 'output', data: rows.map(([, output = '']) => output), type: 'STRING' }],
  })),
}

describe('any table', () => {
  const unit = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', ',', '"', '\n', ' ', ';', '\t', 'é', '🎉', '_x0041_', '<b>', '&', '0') }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) })
  // A carriage return is a line end in text, and XML has none: both formats write another.
  const cell = fc.string({ unit, minLength: 1, maxLength: 12 }).map((text) => text.replaceAll('\r', '')).filter((text) => text.trim() !== '')
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 })

  for (const [extension, write] of Object.entries(WRITERS)) {
    it(`reads back the same from ${extension}`, async () => {
      await fc.assert(fc.asyncProperty(rows, async (table) => {
        const dataset = await readDataset(write(table), `data.${extension}`)
        expect(pairs(dataset).map(([, ...cells]) => cells)).toEqual(table)
        expect(dataset.findings).toEqual([])
        expect(dataset.columns).toMatchObject({ names: ['input', 'output'], chosen: { input: 'input', output: 'output' } })
      }), { numRuns: 60 })
    })
  }
})

describe('XLSX', () => {
  it('writes numbers, dates and truth values as the sheet shows them', async () => {
    const day = new Date('2024-03-05T00:00:00Z')
    const time = new Date('2024-03-05T14:30:00Z')
    const dataset = await xlsx({ A: [['question', 'answer'], ['sum', 0.1 + 0.2], ['year', 1999], ['day', day], ['time', time], ['true', true], [7, 'seven']] })
    expect(pairs(dataset)).toEqual([[2, 'sum', '0.3'], [3, 'year', '1999'], [4, 'day', '2024-03-05'], [5, 'time', '2024-03-05 14:30:00'], [6, 'true', 'TRUE'], [7, '7', 'seven']])
  })

  it('keeps the rows’ numbers, spaces and line breaks, and leaves blank rows out', async () => {
    const dataset = await xlsx({ A: [['input', 'output'], [' a \nb', 'c '], [], ['d', 'e']] })
    expect(pairs(dataset)).toEqual([[2, ' a \nb', 'c '], [4, 'd', 'e']])
    expect(codes(dataset)).toEqual([])
  })

  it('F41 names a row with cells beside the table', async () => {
    const dataset = await xlsx({ A: [['input', 'output'], ['a', 'b'], ['c', 'd', 'stray']] })
    expect([pairs(dataset), codes(dataset)]).toEqual([[[2, 'a', 'b']], ['3 ragged-row skipped']])
  })

  it('reads the first sheet with something on it, and names the others', async () => {
    const dataset = await xlsx({ Empty: [], Data: [['input', 'output'], ['a', 'b']], More: [['x']] })
    expect([pairs(dataset), codes(dataset)]).toEqual([[[2, 'a', 'b']], ['0 more-sheets note']])
    expect(dataset.findings[0]?.message).toContain('"More"')
  })

  it('reads a large one', async () => {
    const rows = Array.from({ length: 6000 }, (_, at) => [`question ${at} `.repeat(5), `answer ${at} `.repeat(5)])
    expect((await xlsx({ A: [['input', 'output'], ...rows] })).examples).toHaveLength(6000)
  })

  it('F32 refuses an empty sheet, and one with only a header', async () => {
    await expect(xlsx({ A: [] })).rejects.toMatchObject({ code: 'file-empty' })
    await expect(xlsx({ A: [['input', 'output']] })).rejects.toMatchObject({ code: 'no-usable-row' })
  })

  it('says what a file is that only has the name', async () => {
    await expect(readDataset(bytesOf('no archive'), 'data.xlsx')).rejects.toMatchObject({ code: 'xlsx-invalid' })
    await expect(readDataset(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'data.xls')).rejects.toThrow(/old Excel/)
  })

  it('does not unpack more than it can hold', async () => {
    const bomb = writeXlsx({ A: [['input', 'output'], ['a', 'b']] })
    const view = new DataView(bomb.buffer)
    // The last directory entry (the sheet) claims two gigabytes.
    const directory = bomb.findLastIndex((_, at) => at + 4 <= bomb.length && view.getUint32(at, true) === 0x02014b50)
    view.setUint32(directory + 24, 0x7fffffff, true)
    await expect(readDataset(bomb, 'data.xlsx')).rejects.toMatchObject({ code: 'file-too-large' })
  })

  it('does not make the cells of a sheet that reaches further than it can hold, or than any sheet does', async () => {
    const path = 'xl/worksheets/sheet1.xml'
    const withCellAt = (place: string) => {
      const files = unzipSync(writeXlsx({ A: [['input', 'output'], ['a', 'b']] }))
      return readDataset(zipSync({ ...files, [path]: strToU8(strFromU8(files[path]!).replace('r="B2"', `r="${place}"`)) }), 'data.xlsx')
    }
    expect((await withCellAt('B9')).examples).toHaveLength(1)
    await expect(withCellAt('XFD1048576')).rejects.toMatchObject({ code: 'file-too-large' })
    for (const place of ['XFE2', 'B1048577', '\uFFFD1', 'B-2', 'ZZZZZZZZ1']) {
      await expect(withCellAt(place), place).rejects.toMatchObject({ code: 'xlsx-invalid' })
    }
  })
})

describe('Parquet', () => {
  const parquet = (columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData'], rowGroupSize?: number) =>
    readDataset(new Uint8Array(parquetWriteBuffer({ columnData, ...(rowGroupSize && { rowGroupSize }) })), 'train.parquet')

  it('writes numbers, dates and truth values as text, and reads every row group', async () => {
    const dataset = await parquet([
      { name: 'question', data: ['a', 'b', 'c'], type: 'STRING' },
      { name: 'answer', data: [1n, 2n, 2n ** 60n], type: 'INT64' },
      { name: 'split', data: ['train', 'TEST', 'evaluation'], type: 'STRING' },
    ], 2)
    expect(pairs(dataset)).toEqual([[1, 'a', '1'], [2, 'b', '2'], [3, 'c', '1152921504606846976']])
    expect(dataset.examples.map(({ part }) => part)).toEqual(['training', 'validation', 'validation'])
    const others = await parquet([{ name: 'question', data: [true, false], type: 'BOOLEAN' }, { name: 'answer', data: [new Date('2020-01-02T03:04:05Z'), new Date(0)], type: 'TIMESTAMP' }])
    expect(pairs(others)).toEqual([[1, 'true', '2020-01-02 03:04:05'], [2, 'false', '1970-01-01']])
  })

  it('reads lists of messages', async () => {
    const dataset = await parquet([
      { name: 'prompt_id', data: ['1', '2'], type: 'STRING' },
      { name: 'messages', data: [[{ role: 'user', content: 'u' }, { role: 'assistant', content: 'a' }], [{ role: 'user', content: 'only' }]], type: 'JSON' },
    ])
    expect(dataset.examples).toEqual([{ kind: 'chat', row: 1, messages: [{ role: 'user', content: 'u' }, { role: 'assistant', content: 'a' }] }])
    expect(codes(dataset)).toEqual(['0 additional_column info', '0 openai-format info', '2 example_missing_assistant_message skipped'])
    expect(dataset.findings[0]?.message).toBe('One column or key is not read: "prompt_id".')
  })

  it('refuses a damaged file in words', async () => {
    const good = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data: ['a'], type: 'STRING' }] }))
    await expect(readDataset(good.slice(0, -6), 'x.parquet')).rejects.toMatchObject({ code: 'parquet-invalid' })
    await expect(readDataset(bytesOf('PAR1'), 'x')).rejects.toMatchObject({ code: 'parquet-invalid' })
  })
})

describe('a text without a name, as it is pasted', () => {
  const paste = (text: string) => readDataset(bytesOf(text), 'pasted')
  const kinds = ({ examples }: Dataset) => examples.map(({ kind }) => kind)

  it('is prose where it is prose, whatever signs its first line has', async () => {
    for (const prose of ['Hello, world; or | not.\nHow are you, friend?', 'Dear Tom, hello,\nit is late, very late,', 'Well, yes\nno, never', '[Chorus]\nLa la la', '{sighs} Oh.\nWell.', 'One line, no more']) {
      const dataset = await paste(prose)
      expect([kinds(dataset), codes(dataset)], prose).toEqual([['text'], []])
    }
  })

  it('is a table where its lines have as many cells, in words of every separator', async () => {
    for (const table of ['input,output\na,b', 'input, output\na, b', 'question\tanswer\na\tb', 'input | output\na | b', 'input;output\n"a, b";c']) {
      expect([kinds(await paste(table)), codes(await paste(table))], table).toEqual([['pair'], []])
    }
    await expect(paste('Who?,Me.\nWhere?,There.')).rejects.toMatchObject({ code: 'columns-unknown', about: { firstRow: ['Who?', 'Me.'] } })
  })

  it('is JSON in lines, in a list, or over several lines, and promises none of them', async () => {
    const record = { input: 'a', output: 'b' }
    const line = JSON.stringify(record)
    for (const [json, many] of [[line, 1], [`${line}\n${line}`, 2], [JSON.stringify(record, null, 2), 1], [JSON.stringify([record, record], null, 2), 2], [JSON.stringify([record]), 1]] as const) {
      expect([kinds(await paste(json)), codes(await paste(json))], json).toEqual([new Array<string>(many).fill('pair'), []])
    }
    expect(codes(await paste(`{"input": oh}\n${line}`))).toEqual(['1 bad-json skipped'])
  })
})

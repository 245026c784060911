/** JSONL and JSON: what can be used is used, and everything else is named by row. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { Dataset } from '../../src/data/types.ts'

const good = '{"input":"a","output":"b"}'

async function read(content: string | number[], name = 'data.jsonl'): Promise<Dataset> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content)
  return readDataset(new Uint8Array(bytes), name)
}

const codes = (dataset: Dataset) => dataset.findings.map(({ row, code, severity }) => `${row} ${code} ${severity}`)
const bytesOf = (text: string) => [...new TextEncoder().encode(text)]

describe('layouts', () => {
  it('reads pairs, completions, Alpaca, chats and texts', async () => {
    const { examples, findings } = await read(
      [
        '{"input":"a","output":"b"}',
        '{"prompt":"a","completion":"b"}',
        '{"instruction":"Do","input":"this","output":"b"}',
        '{"instruction":"Do","input":"","output":"b"}',
        '{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a","weight":0},{"role":"assistant","content":"b"}]}',
        '{"messages":[{"role":"user","content":[{"type":"text","text":"u"}]},{"role":"assistant","content":"b"}]}',
        '{"prompt":[{"role":"user","content":"u"}],"completion":[{"role":"assistant","content":"b"}]}',
        '{"text":"t"}',
      ].join('\n'),
    )
    expect(examples).toEqual([
      { kind: 'pair', row: 1, input: 'a', output: 'b' },
      { kind: 'pair', row: 2, input: 'a', output: 'b' },
      { kind: 'pair', row: 3, input: 'Do\nthis', output: 'b' },
      { kind: 'pair', row: 4, input: 'Do', output: 'b' },
      {
        kind: 'chat', row: 5,
        messages: [{ role: 'system', content: 's' }, { role: 'user', content: 'u' }, { role: 'assistant', content: 'a', weight: 0 }, { role: 'assistant', content: 'b' }],
      },
      { kind: 'chat', row: 6, messages: [{ role: 'user', content: 'u' }, { role: 'assistant', content: 'b' }] },
      { kind: 'chat', row: 7, messages: [{ role: 'user', content: 'u' }, { role: 'assistant', content: 'b' }] },
      { kind: 'text', row: 8, text: 't' },
    ])
    expect(findings.map((finding) => finding.code)).toEqual(['openai-format', 'mixed-layouts'])
    expect(findings[0]?.message).toBe("OpenAI's own check of the format counts 1 × missing_content.")
  })

  it('carries the name and the SHA-256 of the file as it is', async () => {
    const dataset = await read(good, 'pairs.jsonl')
    expect(dataset.name).toBe('pairs.jsonl')
    expect(dataset.hash).toBe(createHash('sha256').update(good).digest('hex'))
  })
})

describe('bytes and lines', () => {
  it('F33 strips a byte order mark', async () => {
    const { examples, findings } = await read([0xef, 0xbb, 0xbf, ...bytesOf(good)])
    expect([examples.length, findings.length]).toEqual([1, 0])
  })

  it('F34 reads UTF-16 by its mark and says so', async () => {
    const wide = [...good].flatMap((character) => [character.charCodeAt(0), 0])
    const dataset = await read([0xff, 0xfe, ...wide])
    expect(dataset.examples).toEqual([{ kind: 'pair', row: 1, input: 'a', output: 'b' }])
    expect(codes(dataset)).toEqual(['0 utf-16 info'])
  })

  it('F35 names lines that are not UTF-8, and keeps the rest', async () => {
    const dataset = await read([...bytesOf(`${good}\n{"input":"`), 0xff, ...bytesOf(`","output":"b"}\n${good}`)])
    expect(dataset.examples.map((example) => example.row)).toEqual([1, 3])
    expect(codes(dataset)).toEqual(['2 not-utf8 skipped'])
  })

  it('F36 keeps whole characters, mends half ones, and names a NUL', async () => {
    const dataset = await read('{"text":"🎉 \\ud83c\\udf89"}\n{"text":"x \\ud800 y"}\n{"text":"a\0b"}\n{"text":"a\\u0000b"}')
    expect(dataset.examples).toMatchObject([{ text: '🎉 🎉' }, { text: 'x \uFFFD y' }, { text: 'a\0b' }])
    expect(codes(dataset)).toEqual(['2 half-character note', '3 bad-json skipped'])
  })

  it('F37 reads the same rows whatever ends a line', async () => {
    const rows = [good, '{"input":"c","output":"d"}', '{"input":"e","output":"f"}']
    const expected = (await read(rows.join('\n'))).examples
    expect(expected.map((example) => example.row)).toEqual([1, 2, 3])
    for (const end of ['\r\n', '\r']) {
      expect((await read(rows.join(end))).examples).toEqual(expected)
      expect((await read(rows.join(end) + end)).examples).toEqual(expected)
    }
    expect((await read(`${rows[0]}\r\n${rows[1]}\n${rows[2]}\r`)).examples).toEqual(expected)
  })

  it('F47 leaves out a line of monstrous length', async () => {
    const dataset = await read(`${good}\n{"text":"${'x'.repeat(17 * 2 ** 20)}"}\n${good}`)
    expect(dataset.examples.map((example) => example.row)).toEqual([1, 3])
    expect(codes(dataset)).toEqual(['2 line-too-long skipped'])
  })
})

describe('bad rows', () => {
  it('F32 refuses an empty file', async () => {
    for (const content of ['', '\n \r\n\t', '\uFEFF']) await expect(read(content)).rejects.toMatchObject({ code: 'file-empty' })
  })

  it('F43 reports bad, array and scalar lines by row, passes blank ones, keeps the rest', async () => {
    const dataset = await read(`${good}\n\n{"input":\n[1]\n"x"\n7\nnull\n   \n{}\n${good}`)
    expect(dataset.examples.map((example) => example.row)).toEqual([1, 10])
    expect(codes(dataset)).toEqual([
      '3 bad-json skipped', '4 data_type skipped', '5 data_type skipped', '6 data_type skipped', '7 data_type skipped', '9 unknown-layout skipped',
    ])
    for (const finding of dataset.findings) expect(finding.fix).toBeTruthy()
  })

  it('F43 says in words what is wrong with a line', async () => {
    const { findings } = await read(`${good}\n{"input":"a" "output":"b"}`)
    expect(findings[0]?.message).toMatch(/^The line is not valid JSON: .* at character \d+\.$/)
  })

  it('F44 reads a JSON array named .jsonl, and explains', async () => {
    const dataset = await read(`[\n ${good},\n 5,\n ${good}\n]`)
    expect(dataset.examples.map((example) => example.row)).toEqual([1, 3])
    expect(codes(dataset)).toEqual(['0 json-array info', '2 data_type skipped'])
    expect((await read(`[${good}]`, 'data.json')).findings).toEqual([])
  })

  it('reads .json files that hold one object a line, or one object', async () => {
    expect((await read(`${good}\n${good}`, 'data.json')).examples).toHaveLength(2)
    expect((await read('{\n "input": "a",\n "output": "b"\n}', 'data.json')).examples).toHaveLength(1)
  })

  it('names the line where a JSON array is broken', async () => {
    await expect(read(`[\n${good},\n{"input":}\n]`, 'data.json')).rejects.toMatchObject({ code: 'json-invalid', where: 'line 3' })
    await expect(read(`[\n${good},\n${good}`, 'data.json')).rejects.toMatchObject({ code: 'json-invalid', where: 'line 3' })
    await expect(read('[', 'data.json')).rejects.toMatchObject({ code: 'json-invalid', where: 'line 1' })
  })

  it('F45 names wrong types, missing keys and unknown roles', async () => {
    const dataset = await read(
      [
        good,
        '{"input":1,"output":"b"}',
        '{"input":"a","output":null}',
        '{"input":"a"}',
        '{"text":["t"]}',
        '{"messages":"hello"}',
        '{"messages":[{"role":"robot","content":"x"}]}',
        '{"messages":[{"content":"x"}]}',
        '{"messages":[{"role":"user","content":"x"}]}',
        '{"messages":[{"role":"assistant","content":null,"tool_calls":[]}]}',
        '{"messages":[{"role":"assistant","content":"x","weight":2}]}',
        '{"input":"","output":""}',
      ].join('\n'),
    )
    expect(dataset.examples).toHaveLength(1)
    expect(codes(dataset)).toEqual([
      '0 openai-format info', '2 wrong-type skipped', '3 wrong-type skipped', '4 necessary_column skipped', '5 wrong-type skipped', '6 missing_messages_list skipped',
      '7 unrecognized_role skipped', '8 message_missing_key skipped', '9 example_missing_assistant_message skipped', '10 missing_content skipped',
      '11 bad-weight skipped', '12 empty-row skipped',
    ])
    expect(dataset.findings[6]?.message).toContain('"robot"')
  })

  it('F46 uses rows of mixed layouts and names the first odd one', async () => {
    const dataset = await read(`${good}\n${good}\n{"text":"t"}\n{"text":"u"}\n${good}`)
    expect(dataset.examples).toHaveLength(5)
    expect(codes(dataset)).toEqual(['3 mixed-layouts note'])
  })

  it('F48 keeps markup in data as the characters it is', async () => {
    const { examples } = await read('{"input":"<script>alert(1)</script>","output":"**b**"}')
    expect(examples[0]).toMatchObject({ input: '<script>alert(1)</script>', output: '**b**' })
  })

  it('F52 leaves out a chat whose answers all have weight 0', async () => {
    const dataset = await read(`${good}\n{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y","weight":0}]}`)
    expect(codes(dataset)).toEqual(['2 nothing-to-learn skipped'])
  })

  it('refuses a file with no usable row, telling the first problem', async () => {
    await expect(read('x\n{"question":"a"}')).rejects.toMatchObject({ code: 'no-usable-row', where: 'data.jsonl, row 1' })
    await expect(read('{}')).rejects.toThrow(/The row is empty/)
  })

  it('keeps the list of problems short, kind by kind, so that none hides another', async () => {
    const odd = '{"messages":[{"role":"user","content":"x","mood":1},{"role":"assistant","content":"y"}]}\n'
    const { findings } = await read(`${odd.repeat(1200)}${'x\n'.repeat(5000)}`)
    expect(findings).toHaveLength(2003)
    const more = findings.filter(({ row, others }) => row === 0 && others)
    expect(more.map(({ code, severity, others = [] }) => `${code} ${severity} ${others.length}`)).toEqual(['message_unrecognized_key note 200', 'bad-json skipped 4000'])
    expect(findings.find(({ code, row }) => code === 'bad-json' && row > 0)?.row).toBe(1201)
    await expect(read('x\n'.repeat(2000))).rejects.toMatchObject({ code: 'no-usable-row', where: 'data.jsonl, row 1' })
  })
})

/** Encodings: recognised, asked for with samples, told. */
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { Dataset, EncodingGuess } from '../../src/data/types.ts'
import type { HomespunError } from '../../src/errors.ts'

const codes = (dataset: Dataset) => dataset.findings.map(({ row, code, severity }) => `${row} ${code} ${severity}`)
const pairs = ({ examples }: Dataset) => examples.map((example) => (example.kind === 'pair' ? [example.input, example.output] : [example.kind]))

/** What Node's decoder may not know. */
const QUOTES = new Map([['“', 0x93], ['”', 0x94], ['–', 0x96], ['’', 0x92]])

/** The bytes of a text in a single-byte encoding, found by asking the decoder for every byte. */
function written(text: string, encoding: string): Uint8Array<ArrayBuffer> {
  const decoder = new TextDecoder(encoding)
  const table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]))
  if (encoding === 'windows-1252') for (const [character, byte] of QUOTES) table.set(character, byte)
  return Uint8Array.from([...text], (character) => table.get(character) ?? 63)
}

function utf16(text: string, littleEndian: boolean, mark: boolean): Uint8Array<ArrayBuffer> {
  const units = mark ? `\uFEFF${text}` : text
  const view = new DataView(new ArrayBuffer(units.length * 2))
  for (let at = 0; at < units.length; at++) view.setUint16(at * 2, units.charCodeAt(at), littleEndian)
  return new Uint8Array(view.buffer)
}

describe('UTF-16', () => {
  const lines = `{"input":"Zürich 🎉","output":"b"}\r\n${'{"input":"c","output":"d"}\n'.repeat(3)}`

  for (const littleEndian of [true, false]) {
    for (const mark of [true, false]) {
      it(`F34 is read ${mark ? 'with' : 'without'} a mark, ${littleEndian ? 'little' : 'big'} end first, and said`, async () => {
        const dataset = await readDataset(utf16(lines, littleEndian, mark), 'data.jsonl')
        expect(pairs(dataset)[0]).toEqual(['Zürich 🎉', 'b'])
        expect([dataset.examples.length, codes(dataset)]).toEqual([4, ['0 utf-16 info']])
        expect(dataset.encoding?.used).toBe(littleEndian ? 'utf-16le' : 'utf-16be')
      })
    }
  }

  it('F34 a file over many chunks keeps its characters whole', async () => {
    const text = `{"input":"x","output":"${'ü🎉'.repeat(400_000)}"}\n{"input":"y","output":"z"}`
    const dataset = await readDataset(utf16(text, true, true), 'data.jsonl')
    expect(pairs(dataset)).toEqual([['x', 'ü🎉'.repeat(400_000)], ['y', 'z']])
  })
})

describe('other encodings', () => {
  const texts: Record<string, string> = {
    'windows-1252': 'Das Mädchen hört das Geräusch der Straße – “très déjà vu”, señor.',
    'windows-1251': 'Как называется столица Франции? Москва далеко отсюда.',
    'koi8-r': 'Как называется столица Франции? Москва далеко отсюда.',
    'windows-1253': 'Ποια είναι η πρωτεύουσα της Γαλλίας; Η Αθήνα είναι μακριά.',
  }

  for (const [encoding, text] of Object.entries(texts)) {
    it(`F34 ${encoding} is found likeliest, with a sample, and read when it is told`, async () => {
      const bytes = written(`input,output\nplain,row\n${text.replaceAll(',', '')},yes\n`, encoding)
      const asked = await readDataset(bytes, 'data.csv')
      expect(pairs(asked)).toEqual([['plain', 'row']])
      expect(codes(asked)).toEqual(['0 encoding note', '3 not-utf8 skipped'])
      expect(asked.encoding?.likely[0]?.encoding).toBe(encoding)
      expect(text.replaceAll(',', '')).toContain(asked.encoding?.likely[0]?.sample.split(',')[0]?.slice(0, 20))
      const told = await readDataset(bytes, 'data.csv', { encoding })
      expect(pairs(told)).toEqual([['plain', 'row'], [text.replaceAll(',', ''), 'yes']])
      expect([codes(told), told.encoding]).toEqual([[], { used: encoding, likely: [] }])
    })
  }

  it('F34 finds Japanese and Chinese', async () => {
    const shiftJis = Uint8Array.of(0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea, 0x82, 0xcc, 0x95, 0xb6, 0x8f, 0xcd)
    const bytes = new Uint8Array([...new TextEncoder().encode('{"input":"a","output":"b"}\n{"input":"'), ...shiftJis, ...new TextEncoder().encode('","output":"c"}\n')])
    const { encoding } = await readDataset(bytes, 'data.jsonl')
    expect(encoding?.likely.find((guess) => guess.encoding === 'shift_jis')?.sample).toContain('日本語の文章')
    expect(pairs(await readDataset(bytes, 'data.jsonl', { encoding: 'shift_jis' }))[1]).toEqual(['日本語の文章', 'c'])
  })

  it('F34 a file of which no row can be used asks, with the guesses', async () => {
    const error: unknown = await readDataset(written('{"input":"Größe","output":"b"}', 'windows-1252'), 'data.jsonl').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'not-utf8', where: 'data.jsonl, row 1' })
    const likely = (error as HomespunError).about as EncodingGuess[]
    expect(likely[0]).toMatchObject({ encoding: 'windows-1252' })
    expect(likely[0]?.sample).toContain('Größe')
  })

  it('F34 a table whose header is in another encoding asks for that, and not which of the odd names is what', async () => {
    const bytes = written('вопрос;ответ\nГде кот?;В саду.', 'windows-1251')
    const error: unknown = await readDataset(bytes, 'data.csv').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'not-utf8', about: expect.arrayContaining([expect.objectContaining({ encoding: 'windows-1251' })]) as unknown })
    await expect(readDataset(bytes, 'data.csv', { encoding: 'windows-1251' })).rejects.toMatchObject({ code: 'columns-unknown', about: { names: ['вопрос', 'ответ'] } })
  })

  it('F34 an array in another encoding asks too', async () => {
    const bytes = written('[\n{"input":"a","output":"b"},\n{"input":"Größe","output":"b"}\n]', 'windows-1252')
    await expect(readDataset(bytes, 'data.json')).rejects.toMatchObject({ code: 'not-utf8', where: 'data.json, row 3' })
    expect((await readDataset(bytes, 'data.json', { encoding: 'latin1' })).examples).toHaveLength(2)
  })

  it('F35 a few damaged bytes in UTF-8 are named by line, without guesses that make no sense', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('{"input":"Zürich","output":"b"}\n{"input":"'), 0xff, 0xfe, 0x80, ...new TextEncoder().encode('","output":"c"}\n')])
    const dataset = await readDataset(bytes, 'data.jsonl')
    expect([codes(dataset), dataset.encoding?.likely]).toEqual([['2 not-utf8 skipped'], []])
  })

  it('refuses an encoding that nobody knows', async () => {
    await expect(readDataset(Uint8Array.of(97), 'a.txt', { encoding: 'klingon' })).rejects.toMatchObject({ code: 'encoding-unknown' })
    await expect(readDataset(Uint8Array.of(0xff, 0xfe, 0, 0, 97, 0, 0, 0), 'a.txt')).rejects.toMatchObject({ code: 'utf-32' })
  })
})

/** Files come in chunks: the same rows wherever they are cut, progress, an end at any time, and little in memory. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineBlocks, type LineBlock } from '../../src/data/read/lines.ts'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { ReadProgress } from '../../src/data/types.ts'
import { HomespunError } from '../../src/errors.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const lineOf = (at: number) => JSON.stringify({ input: `question ${at} 🎉`, output: 'ü'.repeat(100) })
const bigLines = Array.from({ length: 20_000 }, (_, at) => lineOf(at)).join('\n')
const cellsOf = (at: number) => `"question ${at}\nmore ""quoted"", 🎉",${'ü'.repeat(100)}`
const bigTable = `input,output\n${Array.from({ length: 20_000 }, (_, at) => cellsOf(at)).join('\n')}`

async function blocksOf(chunks: readonly Uint8Array[]): Promise<{ blocks: LineBlock[]; tooLong: number[][]; bad: number[] }> {
  const tooLong: number[][] = []
  const bad: number[] = []
  async function* given() {
    yield* chunks
  }
  const blocks: LineBlock[] = []
  const reports = { tooLong: (...report: number[]) => void tooLong.push(report), notUtf8: (line: number) => void bad.push(line) }
  for await (const block of lineBlocks(given(), reports)) blocks.push(block)
  return { blocks, tooLong, bad }
}

describe('lines of chunks', () => {
  it('F36 F37 are the same wherever the chunks are cut, in the middle of a character or of a line end', async () => {
    const piece = fc.constantFrom('a', 'é', '🎉', '\n', '\r\n', '\r', ' ')
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(60), { maxLength: 6 }), async (pieces, cuts) => {
      const text = pieces.join('')
      const bytes = bytesOf(text)
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
      const { blocks } = await blocksOf(places.slice(1).map((end, at) => bytes.subarray(places[at], end)))
      expect(blocks.map((block) => block.text).join('')).toBe(text.replace(/\r\n?/g, '\n'))
      let line = 1
      for (const block of blocks) {
        expect(block.firstLine).toBe(line)
        line += block.lines
      }
    }))
  })

  it('F35 names the lines that are not UTF-8 by their place in the file', async () => {
    const { bad, blocks } = await blocksOf([bytesOf('a\nb'), Uint8Array.of(0xe9, 10), bytesOf('c\n'), Uint8Array.of(0xff)])
    expect(bad).toEqual([2, 4])
    expect(blocks.flatMap(({ badLines }) => [...badLines])).toEqual([2, 4])
  })

  it('F47 a line of 50 MB is counted, not held, and the lines after it keep their numbers', async () => {
    const chunk = new Uint8Array(2 ** 20).fill(120)
    const { blocks, tooLong } = await blocksOf([bytesOf('a\n'), ...Array<Uint8Array>(50).fill(chunk), bytesOf('x\r\nb\n')])
    expect(tooLong).toEqual([[2, 50 * 2 ** 20 + 1]])
    expect(blocks.map(({ text, firstLine }) => [firstLine, text])).toEqual([[1, 'a\n'], [2, '\n'], [3, 'b\n']])
  })
})

describe('a large file', () => {
  it('is read the same in chunks, JSONL and CSV, rows and lines', async () => {
    const lines = await readDataset(new Blob([bigLines]), 'big.jsonl')
    expect([lines.examples.length, lines.findings]).toEqual([20_000, []])
    expect(lines.examples[12_345]).toEqual({ kind: 'pair', row: 12_346, ...(JSON.parse(lineOf(12_345)) as object) })
    expect(lines.hash).toBe(createHash('sha256').update(bigLines).digest('hex'))
    const table = await readDataset(new Blob([bigTable]), 'big.csv')
    expect([table.examples.length, table.findings]).toEqual([20_000, []])
    expect(table.examples[12_345]).toEqual({ kind: 'pair', row: 2 + 2 * 12_345, input: 'question 12345\nmore "quoted", 🎉', output: 'ü'.repeat(100) })
  })

  it('F38 F39 names wrong quotation marks far into the file, and keeps the rows around them', async () => {
    const rows = bigTable.split('\n')
    const table = [...rows.slice(0, 30_001), 'a,"open', ...rows.slice(30_001), '"c" d,e', 'f,g'].join('\n')
    const { examples, findings } = await readDataset(new Blob([table]), 'big.csv')
    expect(findings.slice(0, 2).map(({ row, code }) => [row, code])).toEqual([[30_002, 'text-after-quote'], [40_003, 'text-after-quote']])
    expect(examples).toHaveLength(20_001)
  })

  it('tells how far it is, bytes and rows', async () => {
    const told: ReadProgress[] = []
    const blob = new Blob([bigLines])
    await readDataset(blob, 'big.jsonl', { onProgress: (progress) => told.push(progress) })
    expect(told.length).toBeGreaterThan(3)
    expect(told.at(-1)?.bytesRead).toBe(blob.size)
    for (const [at, { bytesRead, bytesTotal, rows }] of told.entries()) {
      expect([bytesTotal, rows <= 20_000, bytesRead > (told[at - 1]?.bytesRead ?? 0)]).toEqual([blob.size, true, true])
    }
    expect(told.at(-1)!.rows).toBeGreaterThan(10_000)
  })

  it('ends when it is told to, with the reason given', async () => {
    for (const [name, text] of [['big.jsonl', bigLines], ['big.csv', bigTable], ['big.txt', bigLines]] as const) {
      const stop = new AbortController()
      let calls = 0
      const onProgress = () => {
        calls++
        setTimeout(() => stop.abort(new HomespunError('read-stopped', 'Reading was stopped.')))
      }
      await expect(readDataset(new Blob([text]), name, { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'read-stopped' })
      expect(calls).toBeLessThan(3)
    }
    await expect(readDataset(new Blob(['a']), 'a.txt', { signal: AbortSignal.abort(new HomespunError('x', 'x')) })).rejects.toMatchObject({ code: 'x' })
  })

  it('F47 never asks for more than a chunk of it', async () => {
    const asked: number[] = []
    class Watched extends Blob {
      override slice(start = 0, end = this.size): Blob {
        asked.push(Math.min(end, this.size) - start)
        return super.slice(start, end)
      }

      override arrayBuffer(): Promise<ArrayBuffer> {
        throw new Error('The whole file was read at once.')
      }
    }
    for (const [name, text] of [['big.jsonl', bigLines], ['big.csv', bigTable], ['big.txt', bigLines]] as const) {
      await readDataset(new Watched([text]), name)
    }
    expect(Math.max(...asked)).toBeLessThanOrEqual(2 ** 20)
  })
})

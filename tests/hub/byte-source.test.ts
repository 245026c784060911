/** Byte sources: the right bytes, and a typed error where a file has gone, changed or is shorter than asked. */
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileSource, memorySource } from '../../src/hub/byte-source.ts'
import { nodeByteSource } from '../../src/hub/node-byte-source.ts'
import type { ByteSource } from '../../src/hub/types.ts'

const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homespun-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function onDisk(name: string): Promise<{ path: string; source: ByteSource }> {
  const path = join(directory, name)
  await writeFile(path, bytes)
  return { path, source: await nodeByteSource(path) }
}

const sources: [string, () => Promise<ByteSource>][] = [
  ['a picked file', () => Promise.resolve(fileSource(new File([bytes], 'w.bin'), 'w.bin'))],
  ['memory', () => Promise.resolve(memorySource('w.bin', bytes))],
  ['a path', async () => (await onDisk('w.bin')).source],
]

describe.each(sources)('%s', (_, make) => {
  it('gives the bytes of a range', async () => {
    const source = await make()
    expect([source.name, source.size]).toEqual(['w.bin', 100])
    expect(await source.read(10, 20)).toEqual(bytes.slice(10, 20))
    expect(await source.read(0, 100)).toEqual(bytes)
    expect(await source.read(100, 100)).toHaveLength(0)
  })

  it.each([
    [0, 101],
    [50, 40],
    [-1, 5],
    [0.5, 1],
    [0, NaN],
    [0, Infinity],
  ])('refuses the range %f to %f', async (begin, end) => {
    await expect((await make()).read(begin, end)).rejects.toMatchObject({ code: 'file-unreadable', where: 'w.bin' })
  })
})

it('a copy in memory is the reader’s own', async () => {
  const source = memorySource('w.bin', bytes)
  ;(await source.read(0, 4)).fill(9)
  expect(await source.read(0, 4)).toEqual(bytes.slice(0, 4))
})

it('says so when a file on disk was cut, has gone or was never there', async () => {
  const { path, source } = await onDisk('changing.bin')
  await truncate(path, 10)
  await expect(source.read(0, 20)).rejects.toMatchObject({ code: 'file-unreadable' })
  await rm(path)
  await expect(source.read(0, 5)).rejects.toMatchObject({ code: 'file-unreadable' })
  await expect(nodeByteSource(path)).rejects.toMatchObject({ code: 'file-unreadable' })
})

it('says so when a picked file can be read no more', async () => {
  const gone = new File([bytes], 'gone.bin')
  // What browsers do after the file changed on disk: the slice exists, reading it fails.
  gone.slice = () =>
    Object.assign(new Blob([]), { arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) })
  await expect(fileSource(gone, 'gone.bin').read(0, 5)).rejects.toMatchObject({ code: 'file-unreadable', where: 'gone.bin' })
})

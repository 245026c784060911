/** Zips that are written as they come: what lies in them, whatever its length. */
import { unzipSync, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listZip, readZipEntry } from '../../src/service/backup/zip-entries.ts'
import { keptIf, zipFiles, type StreamedFile } from '../../src/service/zip-stream.ts'

const pieces = [new Uint8Array([1, 2, 3]), new Uint8Array(10_000).fill(7), new Uint8Array()]
const whole = new Uint8Array(pieces.flatMap((piece) => [...piece]))

const file = (name: string, bytes: number): StreamedFile => ({ name, bytes, read: async function* () { yield* pieces } })
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())

it('gives each file as it lies in the zip, tells how far it is, and gives the same bytes again', async () => {
  const told: number[] = []
  const write = () => zipFiles([file('a/ä.bin', 0), file('b.bin', whole.length)], (bytes) => told.push(bytes))
  const { zip, contents } = await write()
  expect([...contents.keys()]).toEqual(['a/ä.bin', 'b.bin'])
  for (const content of contents.values()) expect(await bytesOf(content)).toEqual(whole)
  expect(Math.max(...told)).toBe(2 * whole.length)
  expect(unzipSync(await bytesOf(zip))).toEqual({ 'a/ä.bin': whole, 'b.bin': whole })
  expect(await bytesOf((await write()).zip)).toEqual(await bytesOf(zip))
})

it('gives 64 bits to the length of what may have more than 4 GB, and reads it back', async () => {
  const { zip, contents } = await zipFiles([file('short.bin', 0), file('long.bin', 2 ** 32), file('after.bin', 0)], () => undefined)
  const entries = await listZip(zip)
  for (const name of ['short.bin', 'long.bin', 'after.bin']) {
    expect(await readZipEntry(entries.get(name)!)).toEqual(whole)
    expect(await bytesOf(contents.get(name)!)).toEqual(whole)
  }
  // Its data descriptor has 24 bytes instead of 16.
  expect(entries.get('after.bin')!.offset - entries.get('long.bin')!.offset).toBeGreaterThan(whole.length + 24)
})

it('reads what another program packed anew, deflated, and refuses it where it is damaged', async () => {
  const packed = zipSync({ 'a.bin': whole }, { level: 9 })
  const read = async (bytes: Uint8Array<ArrayBuffer>) => readZipEntry((await listZip(new Blob([bytes]))).get('a.bin')!)
  expect(await read(packed)).toEqual(whole)
  // The first byte of what is deflated, after a header of 30 bytes and a name of five.
  await expect(read(packed.map((byte, at) => (at === 35 ? 0xff : byte)))).rejects.toMatchObject({ code: 'zip-invalid' })
})

/** A file as a picker gives it; `fails` names the call that does not work. */
function target(fails?: 'createWritable' | 'write' | 'close', failure = new DOMException('no', 'NotAllowedError')) {
  const state = { content: undefined as Blob | undefined, aborted: false, removed: false }
  const unless = async (call: string) => {
    if (fails === call) throw failure
  }
  const handle = {
    name: 'mine.zip',
    async createWritable() {
      await unless('createWritable')
      const parts: Uint8Array<ArrayBuffer>[] = []
      return {
        write: async (part: Uint8Array<ArrayBuffer>) => (await unless('write'), void parts.push(part.slice())),
        close: async () => (await unless('close'), void (state.content = new Blob(parts))),
        abort: async () => void (state.aborted = true),
      }
    },
    getFile: async () => state.content!,
    remove: async () => void (state.removed = true),
  }
  return { state, handle: handle as unknown as FileSystemFileHandle }
}

describe('into a file that was named', () => {
  it('writes what it would have given, and reads it from there', async () => {
    const { state, handle } = target()
    const files = [file('a.bin', 0), file('b.bin', whole.length)]
    const { zip, contents } = await zipFiles(files, () => undefined, handle)
    expect(zip).toBe(state.content)
    expect(await bytesOf(zip)).toEqual(await bytesOf((await zipFiles(files, () => undefined)).zip))
    expect(await bytesOf(contents.get('b.bin')!)).toEqual(whole)
    expect(await keptIf(handle, async () => 'right')).toBe('right')
    expect(state).toMatchObject({ aborted: false, removed: false })
  })

  it('leaves nothing behind where reading or a check fails', async () => {
    const broken: StreamedFile = { name: 'x', bytes: 0, read: async function* () { yield pieces[0]!; await Promise.reject(new Error('gone')) } }
    const half = target()
    await expect(zipFiles([broken], () => undefined, half.handle)).rejects.toThrow('gone')
    expect(half.state).toMatchObject({ content: undefined, aborted: true })
    const { state, handle } = target()
    await zipFiles([file('a', 0)], () => undefined, handle)
    await expect(keptIf(handle, () => Promise.reject(new Error('differs')))).rejects.toThrow('differs')
    expect(state.removed).toBe(true)
  })

  it.each([
    ['createWritable', new DOMException('read-only', 'NoModificationAllowedError'), 'zip-not-written'],
    ['write', new DOMException('full', 'QuotaExceededError'), 'zip-no-room'],
    ['close', new DOMException('unsafe', 'AbortError'), 'zip-not-written'],
  ] as const)('says so where the browser refuses to: %s', async (fails, failure, code) => {
    await expect(zipFiles([file('a', 0)], () => undefined, target(fails, failure).handle)).rejects.toMatchObject({ code })
  })
})

it.each([new Error('gone'), new DOMException('The file was changed.', 'NotReadableError')])('ends with what reading throws: %s', async (failure) => {
  const broken: StreamedFile = { name: 'x', bytes: 0, read: async function* () { yield pieces[0]!; await Promise.reject(failure) } }
  await expect(zipFiles([broken], () => undefined)).rejects.toBe(failure)
})

describe('where the browser breaks what it was given', () => {
  const broken = new DOMException('gone', 'NotReadableError')

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }))
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('gives it again until there is room', async () => {
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValueOnce(broken).mockRejectedValueOnce(broken)
    const writing = zipFiles([file('a', 0)], () => undefined)
    await vi.advanceTimersByTimeAsync(1000)
    expect(unzipSync(await bytesOf((await writing).zip))).toEqual({ a: whole })
  })

  it('refuses in words where there is none', async () => {
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(broken)
    const writing = zipFiles([file('a', 0)], () => undefined)
    const refused = expect(writing).rejects.toMatchObject({ code: 'zip-no-room', fix: expect.stringContaining('disk') as string })
    await vi.advanceTimersByTimeAsync(60_000)
    await refused
  })
})

/** A byte source over a path, for the terminal and for tests. Only Node can load this file. */
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { checkLength, checkRange, unreadable } from './byte-source.ts'
import type { ByteSource } from './types.ts'

/** Opens and closes the file at each read, so that a model of many shards holds no handles. Throws 'file-unreadable'. */
export async function nodeByteSource(path: string): Promise<ByteSource> {
  const name = basename(path)
  const { size } = await stat(path).catch((cause: unknown) => {
    throw unreadable(name, 'The file cannot be read.', cause)
  })
  return {
    name,
    size,
    async read(begin, end) {
      checkRange(name, size, begin, end)
      const bytes = await readRange(path, begin, end).catch((cause: unknown) => {
        throw unreadable(name, 'The file cannot be read.', cause)
      })
      return checkLength(name, bytes, end - begin)
    },
  }
}

async function readRange(path: string, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - begin)
  const file = await open(path, 'r')
  try {
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, begin + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  } finally {
    await file.close()
  }
}

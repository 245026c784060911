/** A file store in a folder on disk, for the terminal and for tests. Only Node can load this file. */
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HomespunError } from '../errors.ts'
import type { FileStore, FileWriter } from './cache/file-store.ts'
import { nodeByteSource } from './node-byte-source.ts'

export function nodeFileStore(root: string): FileStore {
  const at = (path: string) => join(root, ...path.split('/'))
  return {
    list: (folder) => readdir(at(folder)).catch(() => []),
    async open(path) {
      const found = await stat(at(path)).catch(() => undefined)
      return found?.isFile() ? nodeByteSource(at(path)) : undefined
    },
    async write(path) {
      await mkdir(dirname(at(path)), { recursive: true })
      const file = await open(at(path), constants.O_RDWR | constants.O_CREAT)
      return nodeWriter(file, (await file.stat()).size)
    },
    async replace(path, bytes) {
      await mkdir(dirname(at(path)), { recursive: true })
      await writeFile(`${at(path)}.part`, bytes)
      await rename(`${at(path)}.part`, at(path))
    },
    remove: (path) => rm(at(path), { force: true }),
    clear: () => rm(at(''), { recursive: true, force: true }),
  }
}

/** Two processes may write one file: each writes the bytes its hash stands for at their place, so they write the same. */
function nodeWriter(file: FileHandle, begun: number): FileWriter {
  let size = begun
  return {
    size: () => size,
    async read(begin, end) {
      const bytes = new Uint8Array(end - begin)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, begin)
      return bytes.subarray(0, bytesRead)
    },
    async append(bytes) {
      await file.write(bytes, 0, bytes.length, size).catch((cause: NodeJS.ErrnoException) => {
        throw cause.code === 'ENOSPC' ? storageFull(cause) : cause
      })
      size += bytes.length
    },
    async truncate(to) {
      await file.truncate(to)
      size = to
    },
    async close() {
      await file.sync()
      await file.close()
    },
  }
}

function storageFull(cause: unknown): HomespunError {
  const fix = 'Free some space and start again: what has come so far is kept.'
  return new HomespunError('storage-full', 'The disk is full.', { fix, cause })
}

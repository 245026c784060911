/**
 * A file store in the browser's private file system (OPFS). Writing needs a worker: synchronous handles, which write in place
 * and keep every other tab from the same file meanwhile. Reading gives slices of the file, of which nothing is held.
 */
import { HomespunError } from '../errors.ts'
import { fileSource } from './byte-source.ts'
import type { FileStore, FileWriter } from './cache/file-store.ts'

const ROOT = 'homespun'

/** `root` is asked for when it is first needed: it may be denied (private windows). Throws HomespunError 'storage-unavailable'. */
export function opfsFileStore(storage: StorageManager | undefined): FileStore {
  let opened: Promise<FileSystemDirectoryHandle> | undefined
  const root = () => (opened ??= openRoot(storage))
  const folderOf = async (path: string, create: boolean) => {
    const [folder = '', name = ''] = path.split('/')
    return { folder: await (await root()).getDirectoryHandle(folder, { create }), name }
  }
  const fileAt = async (path: string, create: boolean) => {
    const { folder, name } = await folderOf(path, create)
    return folder.getFileHandle(name, { create })
  }
  const open = async (path: string) => {
    const file = await orNothing(fileAt(path, false))
    return file && fileSource(await file.getFile(), path)
  }
  const write = async (path: string) => opfsWriter(await (await fileAt(path, true)).createSyncAccessHandle().catch(inUse))
  return {
    open,
    write,
    async list(folder) {
      const handle = await orNothing(root().then((parent) => parent.getDirectoryHandle(folder)))
      const names: string[] = []
      for await (const name of handle?.keys() ?? []) names.push(name)
      return names
    },
    async replace(path, bytes) {
      const writer = await write(path)
      try {
        await writer.truncate(0)
        await writer.append(bytes)
      } finally {
        await writer.close()
      }
    },
    async remove(path) {
      const found = await orNothing(folderOf(path, false))
      await orNothing(found?.folder.removeEntry(found.name).catch(inUse) ?? Promise.resolve())
    },
    async clear() {
      opened = undefined
      // Where no file can be kept there is none.
      const parent = await storage?.getDirectory().catch(() => undefined)
      await orNothing(parent?.removeEntry(ROOT, { recursive: true }).catch(inUse) ?? Promise.resolve())
    },
  }
}

/** Beside whatever else this origin keeps there. */
async function openRoot(storage: StorageManager | undefined): Promise<FileSystemDirectoryHandle> {
  try {
    if (!storage) throw new Error('There is no navigator.storage')
    return await (await storage.getDirectory()).getDirectoryHandle(ROOT, { create: true })
  } catch (cause) {
    throw new HomespunError('storage-unavailable', 'This browser lets the page keep no files, so no model can be downloaded.', {
      fix: 'Private windows often do not: use a normal one. A folder from your disk opens without being kept.',
      cause,
    })
  }
}

function opfsWriter(handle: FileSystemSyncAccessHandle): FileWriter {
  let size = handle.getSize()
  return {
    size: () => size,
    async read(begin, end) {
      const bytes = new Uint8Array(end - begin)
      return bytes.subarray(0, handle.read(bytes, { at: begin }))
    },
    async append(bytes) {
      let written: number
      try {
        written = handle.write(bytes, { at: size })
      } catch (cause) {
        throw isNamed(cause, 'QuotaExceededError') ? storageFull(cause) : cause
      }
      if (written < bytes.length) throw storageFull(undefined)
      size += written
    },
    async truncate(to) {
      handle.truncate(to)
      size = to
    },
    async close() {
      handle.flush()
      handle.close()
    },
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name
}

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isNamed(error, 'NotFoundError')) return undefined
    throw error
  }
}

function inUse(cause: unknown): never {
  if (!isNamed(cause, 'NoModificationAllowedError') && !isNamed(cause, 'InvalidStateError')) throw cause
  throw new HomespunError('file-in-use', 'Another tab of this browser is at work on this model.', {
    fix: 'Close that tab, or wait until it has finished.',
    cause,
  })
}

function storageFull(cause: unknown): HomespunError {
  return new HomespunError('storage-full', 'The browser gives the page no more storage.', {
    fix: 'Delete a model that you do not need, or free space on the disk, and go on: what has come so far is kept.',
    cause,
  })
}

/** Byte sources over what a browser hands us: a picked or dropped file, or bytes already in memory. */
import { HomespunError } from '../errors.ts'
import type { ByteSource } from './types.ts'

/** A picked or dropped file (or any Blob with a name). Nothing is read until `read`. */
export function fileSource(file: Blob, name: string): ByteSource {
  return {
    name,
    size: file.size,
    async read(begin, end) {
      checkRange(name, file.size, begin, end)
      let bytes: ArrayBuffer
      try {
        bytes = await file.slice(begin, end).arrayBuffer()
      } catch (cause) {
        throw unreadable(name, 'The file cannot be read any more.', cause)
      }
      return checkLength(name, new Uint8Array(bytes), end - begin)
    },
  }
}

/** Bytes in memory, as from a zip. `read` copies. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(begin, end) {
      checkRange(name, bytes.length, begin, end)
      return new Uint8Array(bytes.subarray(begin, end))
    },
  }
}

/** Throws 'file-unreadable' unless [begin, end) lies within the file. */
export function checkRange(name: string, size: number, begin: number, end: number): void {
  const whole = Number.isSafeInteger(begin) && Number.isSafeInteger(end)
  if (!whole || begin < 0 || begin > end || end > size) {
    throw unreadable(name, `Bytes ${begin} to ${end} were asked of a file of ${size} bytes.`)
  }
}

/** Throws 'file-unreadable' where fewer bytes came than were asked for. */
export function checkLength<T extends Uint8Array>(name: string, bytes: T, expected: number): T {
  if (bytes.length !== expected) throw unreadable(name, 'The file is shorter than it was when it was picked.')
  return bytes
}

export function unreadable(name: string, what: string, cause?: unknown): HomespunError {
  const fix = 'It may have been moved, changed or deleted: pick it again.'
  return new HomespunError('file-unreadable', what, { where: name, fix, cause })
}

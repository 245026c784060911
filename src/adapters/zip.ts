/** An adapter's folder as one zip, with bytes that depend on content only; and zips of others, read within bounds. */
import { unzipSync, zipSync } from 'fflate'
import type { UnzipFileInfo, Zippable } from 'fflate'
import { HomespunError } from '../errors.ts'
import type { FolderFile } from './types.ts'

const MOST_ENTRIES = 10_000
/** Fits an ArrayBuffer everywhere; a LoRA of rank 256 on every layer of an 8B model is less. */
const MOST_BYTES = 2 ** 31 - 1
/** Real weights and JSON deflate by far less than this; zip bombs by up to 1,032. Small files may do as they like. */
const MOST_RATIO = 100
const SMALL_BYTES = 64 * 2 ** 20

/**
 * A zip of the files, stored and not deflated (weights hardly shrink, and it keeps the bytes independent of the
 * deflater), dated 1 January 1980, the earliest that zip knows.
 */
export function packZip(files: readonly FolderFile[]): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {}
  for (const { path, bytes } of files) entries[path] = bytes
  // Zip dates are local: made from local parts, the date is the same in every time zone.
  return zipSync(entries, { level: 0, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16 })
}

/**
 * The files of a zip that `wanted` names (by the last part of their path), checked for size before they are inflated.
 * Throws 'zip-invalid' or 'zip-too-large'.
 */
export function unpackZip(bytes: Uint8Array, wanted: readonly string[], fileName: string): FolderFile[] {
  const sizes = new Map<string, number>()
  let entries = 0
  let total = 0
  const filter = (entry: UnzipFileInfo): boolean => {
    if (++entries > MOST_ENTRIES) throw tooLarge(fileName, `it lists more than ${MOST_ENTRIES} files`)
    if (!wanted.includes(baseName(entry.name))) return false
    total += checkSize(entry, bytes.length, fileName)
    if (total > MOST_BYTES) throw tooLarge(fileName, 'its files together are larger than 2 GB')
    sizes.set(entry.name, entry.originalSize)
    return true
  }
  try {
    const files = Object.entries(unzipSync(bytes, { filter }))
    return files.map(([path, content]) => {
      if (content.length !== sizes.get(path)) throw new RangeError(`${path} is not as long as the zip says`)
      return { path, bytes: content }
    })
  } catch (cause) {
    if (cause instanceof HomespunError) throw cause
    throw new HomespunError('zip-invalid', 'This file is not a readable zip.', {
      where: fileName, fix: 'Export or download it again.', cause,
    })
  }
}

/** The last part of a path: folders within a zip are allowed. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function checkSize({ name, size, originalSize }: UnzipFileInfo, archiveBytes: number, fileName: string): number {
  if (size > archiveBytes) throw tooLarge(fileName, `${baseName(name)} claims to be larger than the zip`)
  if (originalSize > MOST_BYTES) throw tooLarge(fileName, `${baseName(name)} is larger than 2 GB`)
  if (originalSize > SMALL_BYTES && originalSize > MOST_RATIO * size) {
    throw tooLarge(fileName, `${baseName(name)} unpacks to ${originalSize} bytes from ${size}`)
  }
  return originalSize
}

function tooLarge(where: string, reason: string): HomespunError {
  return new HomespunError('zip-too-large', `This zip was not unpacked: ${reason}.`, {
    where, fix: 'Export the adapter again; a zip of an adapter never looks like this.',
  })
}

/** A zip's entries by its list at the end, each read by itself: a backup is never held whole. */
import { BlobReader, Uint8ArrayWriter, ZipReader, type FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { HomespunError } from '../../errors.ts'

export type ZipEntries = ReadonlyMap<string, FileEntry>

/** Throws HomespunError 'zip-invalid'. */
export async function listZip(file: Blob): Promise<ZipEntries> {
  const entries = await new ZipReader(new BlobReader(file)).getEntries().catch((cause: unknown) => {
    throw invalid('its list of files cannot be read', cause)
  })
  return new Map(entries.flatMap((entry) => (entry.directory ? [] : [[entry.filename, entry]])))
}

/** The bytes of an entry; not held to its checksum. Throws HomespunError 'zip-invalid'. */
export function readZipEntry(entry: FileEntry): Promise<Uint8Array<ArrayBuffer>> {
  return entry.getData(new Uint8ArrayWriter(), { useWebWorkers: false }).catch((cause: unknown) => {
    throw invalid(`${entry.filename} is damaged or cut off`, cause)
  })
}

function invalid(why: string, cause: unknown): HomespunError {
  return new HomespunError('zip-invalid', `This file is no zip that can be read: ${why}.`, { fix: 'Use the file as it was saved, or another copy of it.', cause })
}

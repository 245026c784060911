/** A zip's entries by its list at the end, each read by itself: a backup is never held whole. */
import { HomespunError } from '../../errors.ts'

export interface ZipEntry {
  name: string
  bytes: number
  /** True where it lies in the zip as it is. */
  stored: boolean
  /** Of its header in the file. */
  offset: number
}

const END = 0x06054b50
const LISTED = 0x02014b50
const HEADER = 0x04034b50
const END_BYTES = 22
const LISTED_BYTES = 46
const HEADER_BYTES = 30
/** A comment may follow the end's record. */
const LONGEST_COMMENT = 65_535

/** Throws HomespunError 'zip-invalid'. */
export async function listZip(file: Blob): Promise<ZipEntry[]> {
  const tail = await viewOf(file, Math.max(0, file.size - END_BYTES - LONGEST_COMMENT), file.size)
  let at = tail.byteLength - END_BYTES
  while (at >= 0 && tail.getUint32(at, true) !== END) at--
  if (at < 0) throw invalid('its end is missing')
  const [count, size, start] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)]
  if (start + size > file.size) throw invalid('its list of files is missing')
  const list = await viewOf(file, start, start + size)
  const entries: ZipEntry[] = []
  let next = 0
  for (let entry = 0; entry < count; entry++) {
    if (next + LISTED_BYTES > list.byteLength || list.getUint32(next, true) !== LISTED) throw invalid('its list of files cannot be read')
    const [nameBytes, extra, comment] = [28, 30, 32].map((place) => list.getUint16(next + place, true)) as [number, number, number]
    if (next + LISTED_BYTES + nameBytes > list.byteLength) throw invalid('its list of files cannot be read')
    entries.push({
      name: new TextDecoder().decode(new Uint8Array(list.buffer, next + LISTED_BYTES, nameBytes)),
      bytes: list.getUint32(next + 24, true), stored: list.getUint16(next + 10, true) === 0, offset: list.getUint32(next + 42, true),
    })
    next += LISTED_BYTES + nameBytes + extra + comment
  }
  return entries
}

/** The bytes of an entry that is stored. Throws HomespunError 'zip-invalid'. */
export async function readZipEntry(file: Blob, { name, bytes, stored, offset }: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
  if (!stored) throw invalid(`${name} was packed anew by another program`)
  const header = await viewOf(file, offset, offset + HEADER_BYTES)
  if (header.byteLength < HEADER_BYTES || header.getUint32(0, true) !== HEADER) throw invalid(`${name} is not where the list says`)
  const start = offset + HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true)
  const content = new Uint8Array(await file.slice(start, start + bytes).arrayBuffer())
  if (content.length < bytes) throw invalid(`${name} is cut off`)
  return content
}

async function viewOf(file: Blob, from: number, to: number): Promise<DataView<ArrayBuffer>> {
  return new DataView(await file.slice(from, to).arrayBuffer())
}

function invalid(why: string): HomespunError {
  return new HomespunError('zip-invalid', `This file is no zip that can be read: ${why}.`, { fix: 'Use the file as it was saved, or another copy of it.' })
}

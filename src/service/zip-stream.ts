/** Files that are written from beginning to end, as one zip: each piece is let go as it comes, for the browser to keep. */
import { configure, ZipWriter, type EntryMetaData } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { HomespunError } from '../errors.ts'

/** Few, large pieces: each becomes a Blob. */
configure({ chunkSize: 2 ** 22, useWebWorkers: false })

export interface StreamedFile {
  readonly name: string
  /** How many will come; of a file shorter than 4 GB, 0 will do. */
  readonly bytes: number
  read(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>
}

/** From here on lengths have 64 bits (Zip64), which not every old program reads. */
const LONG = 2 ** 32 - 1
const HEADER_BYTES = 30

/**
 * The zip, stored and not deflated, of any size, and each file as it lies in it. `onBytes` hears how many were written so far.
 * Throws HomespunError 'zip-no-room', and what reading throws.
 */
export async function zipFiles(
  files: readonly StreamedFile[], onBytes: (bytes: number) => void,
): Promise<{ zip: Blob; contents: Map<string, Blob> }> {
  const pieces: Blob[] = []
  let written = 0
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({ write: async (piece) => void pieces.push(await kept(piece)) })
  // The earliest date a zip knows: the same files give the same bytes.
  const writer = new ZipWriter(sink, { level: 0, keepOrder: true, extendedTimestamp: false, lastModDate: new Date(1980, 0, 1) })
  const entries: EntryMetaData[] = []
  for (const file of files) {
    const counted = async function* () {
      for await (const piece of file.read()) {
        yield piece
        onBytes((written += piece.length))
      }
    }
    entries.push(await writer.add(file.name, streamOf(counted()), { zip64: file.bytes >= LONG }))
  }
  await writer.close()
  const zip = new Blob(pieces, { type: 'application/zip' })
  const contents = await Promise.all(entries.map(async (entry) => [entry.filename, await contentOf(zip, entry)] as const))
  return { zip, contents: new Map(contents) }
}

/** `ReadableStream.from`, which not every browser has. */
function streamOf(pieces: AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await pieces.return()),
  })
}

/**
 * A Blob that can be read. Chromium finds out how much room it has only after the first ones came, and breaks what comes before
 * that beyond 500 MB: tried again for some seconds.
 */
async function kept(piece: Uint8Array<ArrayBuffer>, tries = 50): Promise<Blob> {
  const blob = new Blob([piece])
  const failure: unknown = await blob.slice(0, 1).arrayBuffer().then(() => undefined, (error: unknown) => error)
  if (failure === undefined) return blob
  if (tries === 0) throw noRoom(failure)
  await new Promise((resolve) => setTimeout(resolve, 200))
  return kept(piece, tries - 1)
}

/** A browser out of room for Blobs keeps an empty shell of them, which cannot be read. */
function noRoom(cause: unknown): HomespunError {
  return new HomespunError('zip-no-room', 'The browser had no room to put this file together.', {
    fix: 'Free some space on the disk and try again; a private window has only the memory. Or save the parts one by one.', cause,
  })
}

/** What follows an entry's header, name and further fields. */
async function contentOf(zip: Blob, { offset, uncompressedSize }: EntryMetaData): Promise<Blob> {
  const header = new DataView(await zip.slice(offset, offset + HEADER_BYTES).arrayBuffer().catch((cause: unknown) => { throw noRoom(cause) }))
  const start = offset + HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true)
  return zip.slice(start, start + uncompressedSize)
}

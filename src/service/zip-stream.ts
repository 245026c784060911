/** Files that are written from beginning to end, as one zip: each piece is let go as it comes, into a file or for the browser to keep. */
import { configure, ZipWriter, type EntryMetaData } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { HomespunError } from '../errors.ts'

/** Few, large pieces: each is written by itself, or becomes a Blob. */
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

/** Where a zip goes, and how to have it from there. */
interface Destination {
  readonly sink: WritableStream<Uint8Array<ArrayBuffer>>
  zip(): Promise<Blob>
  /** Leaves nothing behind of what was begun. */
  abandon(): Promise<unknown>
}

/**
 * The zip, stored and not deflated, of any size, and each file as it lies in it; written into `target` where there is one, so
 * that it takes its room once. `onBytes` hears how many were written so far. Throws HomespunError 'zip-no-room',
 * 'zip-not-written', and what reading throws.
 */
export async function zipFiles(
  files: readonly StreamedFile[], onBytes: (bytes: number) => void, target?: FileSystemFileHandle,
): Promise<{ zip: Blob; contents: Map<string, Blob> }> {
  const destination = target ? await intoFile(target) : inBlobs()
  try {
    const entries = await write(files, onBytes, destination.sink)
    const zip = await destination.zip()
    const contents = await Promise.all(entries.map(async (entry) => [entry.filename, await contentOf(zip, entry)] as const))
    return { zip, contents: new Map(contents) }
  } catch (error) {
    await destination.abandon()
    throw error
  }
}

/** Holds what was written to a check; a file that fails it does not stay. */
export async function keptIf<T>(target: FileSystemFileHandle | undefined, check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (target) await remove(target)
    throw error
  }
}

async function write(
  files: readonly StreamedFile[], onBytes: (bytes: number) => void, sink: Destination['sink'],
): Promise<EntryMetaData[]> {
  let written = 0
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
  return entries
}

function inBlobs(): Destination {
  const pieces: Blob[] = []
  return {
    sink: new WritableStream({ write: async (piece) => void pieces.push(await kept(piece)) }),
    zip: async () => new Blob(pieces, { type: 'application/zip' }),
    abandon: async () => pieces.splice(0),
  }
}

/** The browser writes beside the file, and puts it in place when it is whole. */
async function intoFile(target: FileSystemFileHandle): Promise<Destination> {
  const file = await target.createWritable().catch(notWritten)
  let closed = false
  return {
    sink: new WritableStream({
      write: (piece) => file.write(piece).catch(notWritten),
      close: async () => {
        await file.close().catch(notWritten)
        closed = true
      },
    }),
    zip: () => target.getFile().catch(notWritten),
    abandon: () => (closed ? remove(target) : file.abort().catch(() => undefined)),
  }
}

/** Deleted where the browser can, else emptied. */
async function remove(target: FileSystemFileHandle & { remove?(): Promise<void> }): Promise<void> {
  const emptied = async () => (await target.createWritable()).close()
  await (target.remove?.() ?? emptied()).catch(() => undefined)
}

function notWritten(cause: unknown): never {
  const { name = '', message = '' } = cause as Partial<Error>
  if (name === 'QuotaExceededError') {
    throw new HomespunError('zip-no-room', 'There is no room on the disk for this file.', { fix: 'Free some space, or choose another disk.', cause })
  }
  throw new HomespunError('zip-not-written', 'The browser could not write this file.', {
    where: message, fix: 'Try again, under another name or in another folder.', cause,
  })
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

/** Files that are written from beginning to end, as one zip: each piece is let go as it comes, for the browser to keep. */
import { Zip, ZipPassThrough } from 'fflate'
import { HomespunError } from '../errors.ts'

export interface StreamedFile {
  readonly name: string
  readonly bytes: number
  read(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>
}

/** A zip of this kind counts bytes in 32 bits; some are left for its list of files. */
const MOST_BYTES = 2 ** 32 - 2 ** 24

/**
 * The zip, stored and not deflated, and each file as it lies in it. `onBytes` hears how many were written so far.
 * Throws HomespunError 'export-too-large', and what reading throws.
 */
export async function zipFiles(
  files: readonly StreamedFile[], onBytes: (bytes: number) => void,
): Promise<{ zip: Blob; contents: Map<string, Blob> }> {
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES) {
    throw new HomespunError('export-too-large', 'The exported model is larger than the 4 GB that a zip can hold.', {
      fix: 'Export in fp16, or in the terminal (npm run export), which writes a folder.',
    })
  }
  const all: Blob[] = []
  const contents = new Map<string, Blob>()
  let [pieces, written]: [Blob[], number] = [[], 0]
  let current: Uint8Array | undefined
  const zip = new Zip((error, chunk) => {
    if (error) throw error
    const kept = new Blob([chunk])
    all.push(kept)
    // What is passed through comes out as the array that went in; all else belongs to the zip.
    if (chunk === current) pieces.push(kept)
  })
  for (const file of files) {
    pieces = []
    const entry = new ZipPassThrough(file.name)
    // The earliest date a zip knows: the same files give the same bytes.
    entry.mtime = new Date(1980, 0, 1)
    zip.add(entry)
    for await (const piece of file.read()) {
      current = piece
      entry.push(piece)
      onBytes((written += piece.length))
    }
    current = undefined
    entry.push(new Uint8Array(), true)
    contents.set(file.name, new Blob(pieces))
  }
  zip.end()
  return { zip: new Blob(all, { type: 'application/zip' }), contents }
}

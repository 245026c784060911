/** Files that a test's hub serves: in memory, or made as they are read, so that large ones take no room. */
import { createHash } from 'node:crypto'

export interface ServedFile {
  size: number
  /** Bytes [begin, end). */
  read(begin: number, end: number): Uint8Array
  /** As Git LFS keeps it: redirected to another origin, and hashed with SHA-256. */
  large: boolean
}

export function smallFile(content: string | Uint8Array): ServedFile {
  return inMemory(content, false)
}

export function largeFile(content: string | Uint8Array): ServedFile {
  return inMemory(content, true)
}

function inMemory(content: string | Uint8Array, large: boolean): ServedFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return { size: bytes.length, read: (begin, end) => bytes.subarray(begin, end), large }
}

const blockBytes = 1 << 20

/** A file that begins with `head` and goes on with numbers that look random, the same ones each time. */
export function generatedFile(head: Uint8Array, size: number): ServedFile {
  const block = new Uint8Array(blockBytes)
  for (let at = 0, seed = 1; at < blockBytes; at++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    // Small halves and floats, whatever the bytes are read as.
    block[at] = at % 2 === 1 ? 0x20 | ((seed >>> 31) << 7) : seed >>> 24
  }
  const read = (begin: number, end: number) => {
    const bytes = new Uint8Array(end - begin)
    for (let at = begin; at < end;) {
      const inBlock = (at + Math.floor(at / blockBytes) * 7919) % blockBytes
      const piece = block.subarray(inBlock, Math.min(blockBytes, inBlock + end - at, inBlock + blockBytes - (at % blockBytes)))
      bytes.set(piece, at - begin)
      at += piece.length
    }
    if (begin < head.length) bytes.set(head.subarray(begin, Math.min(head.length, end)))
    return bytes
  }
  return { size, read, large: true }
}

export function sha256Of(file: ServedFile): string {
  return hashed(createHash('sha256'), file)
}

/** The hash that git gives a file it keeps itself. */
export function gitHashOf(file: ServedFile): string {
  return hashed(createHash('sha1').update(`blob ${file.size}\0`), file)
}

function hashed(hash: ReturnType<typeof createHash>, file: ServedFile): string {
  for (let at = 0; at < file.size; at += blockBytes) hash.update(file.read(at, Math.min(file.size, at + blockBytes)))
  return hash.digest('hex')
}

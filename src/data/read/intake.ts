/** A file as it comes in: chunk by chunk, hashed on the way, told of, and stopped when the person wants. */
import { createSHA256, type IHasher } from 'hash-wasm'
import { HomespunError } from '../../errors.ts'
import type { ReadOptions } from '../types.ts'

const CHUNK_BYTES = 2 ** 20
const HEAD_BYTES = 2 ** 16
/** What cannot be read in pieces is parsed whole; JavaScript holds no string much longer than this. */
const MOST_WHOLE_BYTES = 256 * 2 ** 20

export class Intake {
  readonly blob: Blob
  /** Of its beginning, 64 KB. */
  readonly head: Uint8Array<ArrayBuffer>
  readonly #hasher: IHasher
  readonly #options: ReadOptions
  readonly #rows: () => number
  #bytesRead = 0

  private constructor(blob: Blob, head: Uint8Array<ArrayBuffer>, hasher: IHasher, options: ReadOptions, rows: () => number) {
    this.blob = blob
    this.head = head
    this.#hasher = hasher
    this.#options = options
    this.#rows = rows
  }

  /** Of the wish to stop. */
  get signal(): AbortSignal | undefined {
    return this.#options.signal
  }

  /** `rows`: how many examples there are so far. Throws what the signal was aborted with. */
  static async open(blob: Blob, options: ReadOptions, rows: () => number): Promise<Intake> {
    options.signal?.throwIfAborted()
    const hasher = await createSHA256()
    return new Intake(blob, new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()), hasher.init(), options, rows)
  }

  /** All bytes once, in order. Other work gets its turn between two chunks. Throws what the signal was aborted with. */
  async *chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    while (this.#bytesRead < this.blob.size) {
      const chunk = new Uint8Array(await this.blob.slice(this.#bytesRead, this.#bytesRead + CHUNK_BYTES).arrayBuffer())
      this.#hasher.update(chunk)
      this.#bytesRead += chunk.length
      await this.turn()
      yield chunk
    }
  }

  /** Tells how far it is, and lets a wish to stop be heard. Throws what the signal was aborted with. */
  async turn(): Promise<void> {
    this.#options.onProgress?.({ bytesRead: this.#bytesRead, bytesTotal: this.blob.size, rows: this.#rows() })
    await new Promise((resolve) => setTimeout(resolve))
    this.#options.signal?.throwIfAborted()
  }

  /** Throws 'file-too-large' where the file has more than 256 MB. */
  async whole(kind: string): Promise<Uint8Array<ArrayBuffer>> {
    if (this.blob.size > MOST_WHOLE_BYTES) throw tooLarge(this.blob.size, kind)
    const bytes = new Uint8Array(this.blob.size)
    let at = 0
    for await (const chunk of this.chunks()) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    return bytes
  }

  /** SHA-256 of all bytes, hex; what was not asked for is read now. */
  async hash(): Promise<string> {
    for await (const _ of this.chunks()) continue
    return this.#hasher.digest('hex')
  }
}

export function tooLarge(bytes: number, kind: string): HomespunError {
  return new HomespunError('file-too-large', `The file has ${Math.round(bytes / 2 ** 20)} MB.`, {
    fix: `${kind} up to 256 MB, unpacked, can be read: write one JSON object a line (JSONL) or CSV instead, or use a part of it.`,
  })
}

/** A file as far as it has come, and the hash of it so far. */
import { createHasher, type StreamHasher } from '../cache/hasher.ts'
import type { FileWriter } from '../cache/file-store.ts'
import type { HubFile } from '../types.ts'

/** Read at a time when bytes of an earlier visit are hashed. */
const pieceBytes = 1 << 20

export class Part {
  readonly file: HubFile
  readonly #writer: FileWriter
  #hasher: StreamHasher

  private constructor(file: HubFile, writer: FileWriter, hasher: StreamHasher) {
    this.file = file
    this.#writer = writer
    this.#hasher = hasher
  }

  /** Takes up what `writer` has of the file, reading it once. `onChecked` hears of every piece. */
  static async open(file: HubFile, writer: FileWriter, onChecked: (bytes: number) => void, signal: AbortSignal): Promise<Part> {
    if (writer.size() > file.size) await writer.truncate(0)
    const part = new Part(file, writer, await createHasher(file.hash, file.size))
    for (let at = 0; at < writer.size(); at += pieceBytes) {
      signal.throwIfAborted()
      const piece = await writer.read(at, Math.min(at + pieceBytes, writer.size()))
      part.#hasher.update(piece)
      onChecked(piece.length)
    }
    return part
  }

  get size(): number {
    return this.#writer.size()
  }

  get whole(): boolean {
    return this.size === this.file.size
  }

  /** The bytes fit, or nothing is written of them: false. */
  async append(bytes: Uint8Array): Promise<boolean> {
    if (this.size + bytes.length > this.file.size) return false
    await this.#writer.append(bytes)
    this.#hasher.update(bytes)
    return true
  }

  async restart(): Promise<void> {
    await this.#writer.truncate(0)
    this.#hasher = await createHasher(this.file.hash, this.file.size)
  }

  /** Whether a whole file is the one it should be. To be asked once. */
  isRight(): boolean {
    return this.#hasher.digest() === this.file.hash.hex
  }

  close(): Promise<void> {
    return this.#writer.close()
  }
}

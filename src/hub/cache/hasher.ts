/** Hashes of files as they stream past: nothing is held of them. */
import { createSHA1, createSHA256 } from 'hash-wasm'
import type { FileHash } from '../types.ts'

export interface StreamHasher {
  update(bytes: Uint8Array): void
  /** Lower-case hex. */
  digest(): string
}

/** A hasher for a file of `size` bytes: SHA-256, or git's SHA-1 over "blob <size>\0" and the content. */
export async function createHasher({ algorithm }: FileHash, size: number): Promise<StreamHasher> {
  if (algorithm === 'sha256') return (await createSHA256()).init()
  return (await createSHA1()).init().update(`blob ${size}\0`)
}

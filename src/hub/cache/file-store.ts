/** Where downloaded files lie: a folder on a disk, or the browser's private file system. */
import type { ByteSource } from '../types.ts'

/** A file open for writing; nobody else can write it meanwhile. */
export interface FileWriter {
  size(): number
  /** Bytes [begin, end) of what is written so far. */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>
  /** Writes at the end. Throws HomespunError 'storage-full'. */
  append(bytes: Uint8Array): Promise<void>
  truncate(size: number): Promise<void>
  /** Whatever was written is on the disk when this resolves. */
  close(): Promise<void>
}

/** Files in folders one level deep; `path` is "folder/name". */
export interface FileStore {
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): Promise<string[]>
  /** Undefined where there is no such file. */
  open(path: string): Promise<ByteSource | undefined>
  /** Opens a file to write on, made where it is missing. Throws HomespunError 'file-in-use' while another tab or process writes it. */
  write(path: string): Promise<FileWriter>
  /** Replaces a small file. */
  replace(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Does nothing where there is no such file. Throws HomespunError 'file-in-use'. */
  remove(path: string): Promise<void>
  /** Removes everything. Throws HomespunError 'file-in-use'. */
  clear(): Promise<void>
}

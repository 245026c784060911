/** What the page asks of all that is kept: to be backed up, put back, erased; part of the service in types.ts. */

export interface LoadProgress {
  /** What is going on, in words: "reading the weights", "preparing kernels". */
  phase: string
  bytes: number
  totalBytes: number
}

export interface Backup {
  fileName: string
  zip: Blob
  adapters: number
  datasets: number
  runs: number
  /** Records that could not be read, and are not in it. */
  damaged: number
}

export interface RestoreCounts {
  adapters: number
  datasets: number
  runs: number
}

export interface RestoreReport {
  /** When the backup was made: ISO 8601. */
  savedAt: string
  added: RestoreCounts
  /** Those that were here already. */
  same: RestoreCounts
  /** Names of those that were here and differ: both are kept. */
  seconds: string[]
  refused: { what: string; why: string }[]
  /** What the page remembered, by name. */
  settings: Record<string, string>
}

/** What a file that was dropped is. */
export type FileKind = 'adapter' | 'backup' | 'other'

export interface StorageUse {
  usedBytes: number
  quotaBytes: number
  persisted: boolean
  /** Records that were damaged and are set aside. */
  damaged: number
  /** Adapters that the last list could not read, in words. */
  problems: string[]
}

export interface StorageService {
  storageEstimate(): Promise<StorageUse>
  /** Destroys what was set aside because it was damaged. */
  clearDamaged(): Promise<void>
  /** Adapters, datasets and unfinished runs, with the page's settings, as one zip, straight into `target` where there is one. Throws 'zip-no-room', 'zip-not-written', 'storage-…'. */
  backUp(settings: Record<string, string>, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle): Promise<Backup>
  /** Adds what is missing. Throws 'zip-invalid', 'backup-invalid', 'backup-newer', 'storage-…'. */
  restore(file: File, onProgress: (progress: LoadProgress) => void): Promise<RestoreReport>
  /** By the names of the files in it. */
  recognise(file: File): Promise<FileKind>
  /**
   * Destroys all that this browser keeps for the worker: adapters, runs, datasets, downloaded models. The service is of no use
   * afterwards. Throws 'run-in-progress', 'run-in-other-tab', 'file-in-use', 'storage-blocked'.
   */
  erase(): Promise<void>
}

/** The part of the service that looks after all that is kept, as a whole. */
import type { ModelCache } from '../hub/cache/model-cache.ts'
import { CONFIG_FILE } from '../adapters/peft-config.ts'
import { baseName } from '../adapters/zip.ts'
import { HomespunError } from '../errors.ts'
import { MANIFEST } from './backup/manifest.ts'
import { restoreBackup } from './backup/restore.ts'
import { writeBackup } from './backup/write.ts'
import { estimateStorage } from '../storage/persistence.ts'
import { listZip } from './backup/zip-entries.ts'
import { DataRoom } from './data-room.ts'
import { branchFrom, checkpointsOf } from './run-history.ts'
import { withTrainingLock } from './training-lock.ts'
import type { Backup, FileKind, LoadProgress, RestoreReport, RunCheckpoint, StorageService, StorageUse } from './types.ts'

/** Abstract, so that the service says what is open and must be let go before all is erased. */
export abstract class StorageRoom extends DataRoom implements StorageService {
  protected abstract readonly cache: ModelCache
  protected abstract readonly software: string

  /** Closes whatever holds something that is kept. */
  protected abstract letGo(): Promise<void>

  /** What of the adapters could not be read when they were last listed. */
  protected abstract shelfProblems(): string[]

  async storageEstimate(): Promise<StorageUse> {
    const estimate = (await estimateStorage(this.host.storage)) ?? { usedBytes: 0, quotaBytes: 0, persisted: false }
    return { ...estimate, damaged: await this.#damaged(), problems: this.shelfProblems() }
  }

  /** None where storage does not open, which is told elsewhere. */
  async #damaged(): Promise<number> {
    try {
      return await this.store.damagedCount()
    } catch (error) {
      if (error instanceof HomespunError) return 0
      throw error
    }
  }

  clearDamaged(): Promise<void> {
    return this.store.clearDamaged()
  }

  async backUp(settings: Record<string, string>, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle): Promise<Backup> {
    return writeBackup({ store: this.store, software: this.software, savedAt: this.host.now(), settings, onProgress, target })
  }

  async restore(file: File, onProgress: (progress: LoadProgress) => void): Promise<RestoreReport> {
    return restoreBackup(this.store, file, onProgress)
  }

  async recognise(file: File): Promise<FileKind> {
    const names = await listZip(file).then((entries) => [...entries.keys()], (): string[] => [])
    if (names.includes(MANIFEST)) return 'backup'
    return names.some((name) => baseName(name) === CONFIG_FILE) ? 'adapter' : 'other'
  }

  runCheckpoints(run: string): Promise<RunCheckpoint[]> {
    return checkpointsOf(this.store, run)
  }

  branchRun(run: string, step: number, name: string): Promise<string> {
    return branchFrom(this.store, this.host, run, step, name)
  }

  async erase(): Promise<void> {
    this.idle('Erasing everything')
    await withTrainingLock(this.host.locks, async () => {
      await this.closeData()
      await this.letGo()
      await this.cache.clear()
      await this.store.erase()
    })
  }
}

/** Everything that is kept, behind one door. */
import { AdapterShelf } from './adapter-shelf.ts'
import { CheckpointStore } from './checkpoint-store.ts'
import { Database } from './database.ts'
import type { DatabaseOptions } from './database.ts'
import { DatasetStore } from './dataset-store.ts'
import { createLocks } from './locks.ts'
import { Records } from './records.ts'
import { SettingsStore } from './settings-store.ts'

export interface StoreOptions<Settings> extends DatabaseOptions {
  /** Checks settings that were stored or imported; throws where they are not the training layer's. */
  readSettings: (value: unknown) => Settings
  /** The browser's own unless given. */
  locks?: LockManager | undefined
}

export interface Store<Settings> {
  adapters: AdapterShelf<Settings>
  checkpoints: CheckpointStore<Settings>
  datasets: DatasetStore
  settings: SettingsStore
  /** All of it, record by record, for backups. */
  records: Records
  /** Records set aside because they were damaged. */
  damagedCount(): Promise<number>
  clearDamaged(): Promise<void>
  close(): Promise<void>
  /** Destroys all of it. Throws 'storage-blocked', 'storage-failed'. */
  erase(): Promise<void>
}

/**
 * Opens nothing yet: the first use does. Where IndexedDB never opens (switched off, private mode), every use throws
 * 'storage-unavailable', which a caller may turn into a warning and go on.
 */
export function createStore<Settings>(options: StoreOptions<Settings>): Store<Settings> {
  const database = new Database(options)
  const records = new Records(database)
  const locks = createLocks('locks' in options ? options.locks : browserLocks())
  const datasets = new DatasetStore(records)
  return {
    adapters: new AdapterShelf(records, locks, options.readSettings),
    checkpoints: new CheckpointStore(records, datasets, options.readSettings),
    datasets,
    settings: new SettingsStore(records),
    records,
    damagedCount: () => records.damagedCount(),
    clearDamaged: () => records.clearDamaged(),
    close: () => database.close(),
    erase: () => database.erase(),
  }
}

/** Absent over plain http and in Node, whatever the types say. */
function browserLocks(): LockManager | undefined {
  return globalThis.navigator?.locks
}

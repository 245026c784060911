/**
 * The connection to IndexedDB, as a store function for idb-keyval: opened at a version and migrated, strictly durable,
 * reopened (a bounded number of times) when it closes, and given up at once when a newer tab wants to upgrade.
 */
import type { UseStore } from 'idb-keyval'
import { HomespunError } from '../errors.ts'
import { blocked, isConnectionLost, migrationFailed, newer, storageError, unavailable } from './errors.ts'
import { MIGRATIONS, STORE } from './migrations.ts'
import type { Migration } from './migrations.ts'

const ATTEMPTS = 3

export interface DatabaseOptions {
  /** The browser's own unless given; undefined where there is none. */
  factory?: IDBFactory | undefined
  name?: string
  migrations?: readonly Migration[]
  /** How long an older tab may keep an upgrade waiting. */
  blockedMilliseconds?: number
}

export class Database {
  readonly #factory: IDBFactory | undefined
  readonly #name: string
  readonly #migrations: readonly Migration[]
  readonly #blockedMilliseconds: number
  #connection: Promise<IDBDatabase> | undefined

  constructor(options: DatabaseOptions = {}) {
    this.#factory = 'factory' in options ? options.factory : globalThis.indexedDB
    this.#name = options.name ?? 'homespun'
    this.#migrations = options.migrations ?? MIGRATIONS
    this.#blockedMilliseconds = options.blockedMilliseconds ?? 10_000
  }

  /**
   * Runs `callback` in one transaction over all records; idb-keyval's functions take this as their store.
   * A write that fails leaves everything as it was. Throws 'storage-unavailable', 'storage-full', 'storage-newer',
   * 'storage-blocked', 'storage-migration', 'storage-failed'.
   */
  readonly use: UseStore = async (mode, callback) => {
    for (let attempt = 1; ; attempt++) {
      const opened = this.#opened()
      const connection = await opened
      let transaction: IDBTransaction | undefined
      let ended: Promise<DOMException | null> | undefined
      try {
        transaction = connection.transaction(STORE, mode, { durability: 'strict' })
        ended = endOf(transaction)
        return await callback(transaction.objectStore(STORE))
      } catch (error) {
        abort(transaction)
        // A request that fails tells less than its transaction, which knows the reason once it has ended.
        const cause: unknown = (await ended) ?? error
        if (attempt === ATTEMPTS || !(isConnectionLost(cause) || this.#connection !== opened)) throw storageError(cause)
        this.#forget(opened)
      }
    }
  }

  /** Ends the connection; the next use opens another. */
  async close(): Promise<void> {
    const opened = this.#connection
    this.#connection = undefined
    ;(await opened)?.close()
  }

  /** Destroys the whole database. Tabs that have it open close it when they hear of this; throws 'storage-blocked' where one does not. */
  async erase(): Promise<void> {
    await this.close()
    const factory = this.#factory
    if (!factory) return
    await new Promise<void>((resolve, reject) => {
      const request = factory.deleteDatabase(this.#name)
      let patience: ReturnType<typeof setTimeout> | undefined
      request.onblocked = () => (patience = setTimeout(() => reject(blocked()), this.#blockedMilliseconds))
      request.onerror = () => reject(storageError(request.error))
      request.onsuccess = () => {
        clearTimeout(patience)
        resolve()
      }
    })
  }

  #forget(connection: Promise<IDBDatabase>): void {
    if (this.#connection === connection) this.#connection = undefined
  }

  /** The open connection, or a new one. A connection that failed to open is not kept. */
  #opened(): Promise<IDBDatabase> {
    if (this.#connection) return this.#connection
    const opened: Promise<IDBDatabase> = this.#connect().then((connection) => {
      connection.onclose = () => this.#forget(opened)
      connection.onversionchange = () => {
        this.#forget(opened)
        connection.close()
      }
      return connection
    })
    opened.catch(() => this.#forget(opened))
    this.#connection = opened
    return opened
  }

  async #connect(): Promise<IDBDatabase> {
    if (!this.#factory) throw unavailable(undefined)
    for (let attempt = 1; ; attempt++) {
      try {
        return await openAt(this.#factory, this.#name, this.#migrations, this.#blockedMilliseconds)
      } catch (error) {
        if (error instanceof HomespunError) throw error
        if (attempt === ATTEMPTS) throw unavailable(error)
      }
    }
  }
}

/** What a failed callback had already written must not be committed. */
function abort(transaction: IDBTransaction | undefined): void {
  try {
    transaction?.abort()
  } catch {
    // It had ended already.
  }
}

function endOf(transaction: IDBTransaction): Promise<DOMException | null> {
  return new Promise((resolve) => {
    for (const event of ['abort', 'complete']) transaction.addEventListener(event, () => resolve(transaction.error))
  })
}

function openAt(
  factory: IDBFactory, name: string, migrations: readonly Migration[], blockedMilliseconds: number,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, migrations.length)
    let failure: HomespunError | undefined
    let patience: ReturnType<typeof setTimeout> | undefined
    request.onupgradeneeded = ({ oldVersion }) => {
      clearTimeout(patience)
      const transaction = request.transaction
      if (!transaction) return
      try {
        for (const migrate of migrations.slice(oldVersion)) migrate(request.result, transaction)
      } catch (error) {
        failure = migrationFailed(error)
        transaction.abort()
      }
    }
    request.onblocked = () => {
      patience = setTimeout(() => {
        failure = blocked()
        reject(blocked())
      }, blockedMilliseconds)
    }
    request.onerror = () => {
      clearTimeout(patience)
      const tooNew = request.error?.name === 'VersionError'
      reject(failure ?? (tooNew ? newer('browser storage', request.error) : new Error('IndexedDB did not open.', { cause: request.error })))
    }
    request.onsuccess = () => {
      clearTimeout(patience)
      if (failure) request.result.close()
      else resolve(request.result)
    }
  })
}

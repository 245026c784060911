/**
 * The database's versions. One object store holds every record under a key of several parts (see records.ts), so that
 * idb-keyval's atomic writes reach across kinds of records: an adapter and its weights come and go together.
 */
export const STORE = 'records'

/** Runs inside the upgrade's transaction: whatever it throws rolls everything back. */
export type Migration = (database: IDBDatabase, transaction: IDBTransaction) => void

/** The i-th takes the database from version i to i + 1. Never change one that has shipped: add another. */
export const MIGRATIONS: readonly Migration[] = [
  (database) => {
    database.createObjectStore(STORE)
  },
]

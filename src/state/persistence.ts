/** Asking the browser not to clear what is stored. The page asks: a worker's StorageManager has no `persist`. */

type Manager = Pick<StorageManager, 'persisted'> & { persist?: () => Promise<boolean> }

/** "unsupported" where the browser has no such promise to give. */
export type Persistence = 'persisted' | 'denied' | 'unsupported'

/** To be called when there is first something to lose. Being denied is an answer, not an error. */
export async function requestPersistence(manager: Manager | undefined = browserStorage()): Promise<Persistence> {
  if (!manager?.persist) return 'unsupported'
  try {
    return (await manager.persisted()) || (await manager.persist()) ? 'persisted' : 'denied'
  } catch {
    return 'denied'
  }
}

/** Absent over plain http and in Node, whatever the types say. */
function browserStorage(): Manager | undefined {
  return globalThis.navigator?.storage
}

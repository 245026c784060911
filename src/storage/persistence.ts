/** Whether the browser promises to keep what is stored, and how much room there is. */

/** Only pages have `persist`; a worker's StorageManager lacks it. */
type Manager = Pick<StorageManager, 'estimate' | 'persisted'> & { persist?: () => Promise<boolean> }

/** "unsupported" in workers and where the browser has no such promise to give. */
export type Persistence = 'persisted' | 'denied' | 'unsupported'

/**
 * Asks the browser not to clear this page's storage. To be called from the page (not a worker), when there is first
 * something to lose. Being denied is an answer, not an error.
 */
export async function requestPersistence(manager: Manager | undefined = browserStorage()): Promise<Persistence> {
  if (!manager?.persist) return 'unsupported'
  try {
    return (await manager.persisted()) || (await manager.persist()) ? 'persisted' : 'denied'
  } catch {
    return 'denied'
  }
}

/** Bytes used and available; undefined where the browser does not tell. */
export async function estimateStorage(
  manager: Manager | undefined = browserStorage(),
): Promise<{ usedBytes: number; quotaBytes: number; persisted: boolean } | undefined> {
  if (!manager) return undefined
  try {
    const { usage = 0, quota = 0 } = await manager.estimate()
    return { usedBytes: usage, quotaBytes: quota, persisted: await manager.persisted() }
  } catch {
    return undefined
  }
}

/** Absent over plain http and in Node, whatever the types say. */
function browserStorage(): Manager | undefined {
  return globalThis.navigator?.storage
}

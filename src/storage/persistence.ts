/** How much room there is in the browser's storage, and whether it promises to keep what is there. */

type Manager = Pick<StorageManager, 'estimate' | 'persisted'>

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

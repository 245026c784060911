/** How much room there is in storage, and the locks that say who uses what is there. */
import { describe, expect, it } from 'vitest'
import { createLocks } from '../../src/storage/locks.ts'
import { estimateStorage } from '../../src/storage/persistence.ts'

const manager = (persisted: boolean) => ({
  estimate: async () => ({ usage: 10, quota: 100 }),
  persisted: async () => persisted,
})

describe('persistence', () => {
  it('estimates the room there is', async () => {
    expect(await estimateStorage(manager(true))).toEqual({ usedBytes: 10, quotaBytes: 100, persisted: true })
    const failing = { ...manager(true), estimate: () => Promise.reject(new TypeError('opaque origin')) }
    expect(await estimateStorage(failing)).toBeUndefined()
  })
})

/** Web Locks as the standard has them, for one name, without queues: what `hold` and `ifFree` ask of them. */
class OneLock {
  #shared = 0
  query = () => Promise.reject(new Error('not asked for'))
  async request(_name: string, options: LockOptions, callback: (lock: Lock | null) => unknown): Promise<unknown> {
    if (options.mode !== 'shared') return callback(this.#shared === 0 ? { mode: 'exclusive', name: '' } : null)
    this.#shared++
    try {
      return await callback({ mode: 'shared', name: '' })
    } finally {
      this.#shared--
    }
  }
}

describe.each([['Web Locks', new OneLock() as unknown as LockManager], ['no Web Locks', undefined]])('locks over %s', (_name, locks) => {
  it('F90 an action waits for nobody: it runs where nothing is held, and not where something is', async () => {
    const { hold, ifFree } = createLocks(locks)
    const done: string[] = []
    const act = async () => void done.push('acted')
    const release = await hold('a')
    expect(await ifFree('a', act)).toBe(false)
    await release()
    expect(await ifFree('a', act)).toBe(true)
    expect(done).toEqual(['acted'])
    await expect(ifFree('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })
})

/** Asking the browser to keep what is stored, and the locks that say who uses it. */
import { describe, expect, it } from 'vitest'
import { createLocks } from '../../src/storage/locks.ts'
import { estimateStorage, requestPersistence } from '../../src/storage/persistence.ts'

const manager = (persisted: boolean, persist?: () => Promise<boolean>) => ({
  estimate: async () => ({ usage: 10, quota: 100 }),
  persisted: async () => persisted,
  ...(persist && { persist }),
})

describe('persistence', () => {
  it('F80 tells a denial, and asks nothing where it is granted already', async () => {
    expect(await requestPersistence(manager(false, async () => false))).toBe('denied')
    expect(await requestPersistence(manager(false, async () => true))).toBe('persisted')
    const refuse = () => Promise.reject(new DOMException('No.', 'SecurityError'))
    expect(await requestPersistence(manager(true, refuse))).toBe('persisted')
    expect(await requestPersistence(manager(false, refuse))).toBe('denied')
    expect(await requestPersistence(manager(false))).toBe('unsupported')
  })

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
    release()
    await Promise.resolve()
    await Promise.resolve()
    expect(await ifFree('a', act)).toBe(true)
    expect(done).toEqual(['acted'])
    await expect(ifFree('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })
})

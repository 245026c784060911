/**
 * Which adapters are in use, in this tab and others: a shared Web Lock for as long as one is loaded.
 * Where there are no Web Locks (Node, plain http) it is counted in this process alone.
 */

/** Resolves once `name` is held; the function it gives lets go, and settles when nobody sees it held any more. */
export type Hold = (name: string) => Promise<() => Promise<void>>

export interface Locks {
  hold: Hold
  /** Runs `action` while nobody holds `name`, or returns false at once. */
  ifFree(name: string, action: () => Promise<void>): Promise<boolean>
}

export function createLocks(manager: LockManager | undefined): Locks {
  return manager ? webLocks(manager) : countedLocks()
}

function webLocks(manager: LockManager): Locks {
  return {
    hold: (name) => new Promise((resolve, reject) => {
      const held: Promise<unknown> = manager.request(name, { mode: 'shared' }, () => new Promise<void>((release) => {
        resolve(async () => {
          release()
          await held
        })
      }))
      held.catch(reject)
    }),
    ifFree: (name, action) => manager.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await action()
      return lock !== null
    }),
  }
}

function countedLocks(): Locks {
  const counts = new Map<string, number>()
  return {
    async hold(name) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
      let held = true
      return async () => {
        if (held) counts.set(name, (counts.get(name) ?? 0) - 1)
        held = false
      }
    },
    async ifFree(name, action) {
      if ((counts.get(name) ?? 0) > 0) return false
      await action()
      return true
    },
  }
}

/** One training run at a time over all tabs of this browser (F91); a tab that dies lets go of it (F92). */
import { HomespunError } from '../errors.ts'

const LOCK = 'homespun-training'

/** Runs `work` while holding the lock. Without Web Locks there is nothing to hold. Throws HomespunError 'run-in-other-tab'. */
export async function withTrainingLock<T>(locks: LockManager | undefined, work: () => Promise<T>): Promise<T> {
  if (!locks) return work()
  // What `request` hands back is typed as the callback's own result only in newer type definitions.
  let result: T | undefined
  let ran = false
  await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return
    result = await work()
    ran = true
  })
  if (ran) return result as T
  throw new HomespunError('run-in-other-tab', 'Another tab of this browser is training right now.', {
    fix: 'Wait for it to finish, or stop it there: two runs at once would share one GPU and one storage.',
  })
}

/**
 * What tabs of one browser tell each other about training, by Web Locks: one run at a time over all of them (F91), and which
 * run is at work. A tab that dies lets go of both (F92). Without Web Locks there is nothing to hold, and one tab to know of.
 */
import { HomespunError } from '../errors.ts'

const TRAINING = 'homespun-training'
const RUN = 'homespun-run:'

/** Runs `work` as the one training of this browser. Throws HomespunError 'run-in-other-tab'. */
export function withTrainingLock<T>(locks: LockManager | undefined, work: () => Promise<T>): Promise<T> {
  return holding(locks, TRAINING, work, new HomespunError('run-in-other-tab', 'Another tab of this browser is training right now.', {
    fix: 'Wait for it to finish, or stop it there: two runs at once would share one GPU and one storage.',
  }))
}

/** Does `work` while no other tab touches this run. Throws HomespunError 'run-in-other-tab'. */
export function withRunLock<T>(locks: LockManager | undefined, run: string, work: () => Promise<T>): Promise<T> {
  return holding(locks, RUN + run, work, new HomespunError('run-in-other-tab', 'This run goes on in another tab of this browser.', {
    fix: 'Stop it there.',
  }))
}

/** The runs that some tab, this one included, is at work on. */
export async function runsAtWork(locks: LockManager | undefined): Promise<Set<string>> {
  const { held = [] } = (await locks?.query()) ?? {}
  return new Set(held.flatMap(({ name }) => (name?.startsWith(RUN) ? [name.slice(RUN.length)] : [])))
}

async function holding<T>(locks: LockManager | undefined, name: string, work: () => Promise<T>, taken: HomespunError): Promise<T> {
  if (!locks) return work()
  // What `request` hands back is typed as the callback's own result only in newer type definitions.
  let result: T | undefined
  let ran = false
  await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return
    result = await work()
    ran = true
  })
  if (ran) return result as T
  throw taken
}

/** Runs that were left unfinished and that no tab is at work on. */
import { HomespunError } from '../errors.ts'
import type { TuningStore } from './ports.ts'
import { runsAtWork } from './training-lock.ts'
import type { UnfinishedRun } from './types.ts'

/** `activeRun`: this tab's own. None where storage does not open: the shelf says so, once is enough. */
export async function waitingRuns(store: TuningStore, locks: LockManager | undefined, activeRun: string | undefined): Promise<UnfinishedRun[]> {
  const [entries, elsewhere] = [await keptRuns(store), await runsAtWork(locks)]
  const waiting = entries.filter(({ run }) => run !== activeRun && !elsewhere.has(run))
  return waiting.map((entry) => ({
    run: entry.run, name: entry.name, settings: entry.settings, base: entry.base, weights: entry.weights, datasetName: entry.dataset.name, datasetHash: entry.dataset.hash,
    step: entry.step, steps: entry.steps, savedAt: entry.savedAt, trainingLosses: entry.trainingLosses, validationLosses: entry.validationLosses,
  }))
}

async function keptRuns(store: TuningStore) {
  try {
    return (await store.checkpoints.list()).entries
  } catch (error) {
    if (error instanceof HomespunError && error.code === 'storage-unavailable') return []
    throw error
  }
}

/** The checkpoints of a run that waits: where it can go back to, and where another one can begin. */
import type { HostPort, TuningStore } from './ports.ts'
import type { RunCheckpoint } from './types.ts'

/** The latest first, with the losses as they were then. */
export async function checkpointsOf(store: TuningStore, run: string): Promise<RunCheckpoint[]> {
  const kept = await store.checkpoints.checkpoints(run)
  const curves = await store.checkpoints.curves(run)
  const lossAt = (curve: readonly [step: number, loss: number][], step: number) => curve.findLast(([at]) => at <= step)?.[1]
  return kept.reverse().map(({ step, bytes }) => ({
    step, bytes, loss: lossAt(curves?.trainingLosses ?? [], step), validationLoss: lossAt(curves?.validationLosses ?? [], step),
  }))
}

/** A run of its own that goes on from there. Throws HomespunError 'checkpoint-missing', 'storage-…'. */
export async function branchFrom(store: TuningStore, host: HostPort, run: string, step: number, name: string): Promise<string> {
  const { run: first, checkpoint } = await store.checkpoints.at(run, step)
  const branch = { ...first, run: host.newId(), name: name.trim() || first.name, startedAt: host.now() }
  await store.checkpoints.save(branch, checkpoint)
  return branch.run
}

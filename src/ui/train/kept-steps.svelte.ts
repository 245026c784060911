/** The checkpoints of a run as they are now, for a component: read anew whenever something more is kept. */
import type { RunCheckpoint } from '../../service/types.ts'
import type { Training } from '../../state/training.svelte.ts'
import { asTrouble, type Trouble } from '../../state/trouble.ts'

export class KeptSteps {
  /** The latest first. */
  checkpoints = $state.raw<RunCheckpoint[]>([])
  failure = $state.raw<Trouble>()

  /** To be made while a component is. */
  constructor(training: Training, run: () => string) {
    $effect(() => {
      void training.kept
      let late = false
      training.checkpointsOf(run()).then(
        (kept) => late || (this.checkpoints = kept),
        (error: unknown) => late || (this.failure = asTrouble(error)),
      )
      return () => (late = true)
    })
  }

  /** The latest one before a step. */
  before(step: number): number | undefined {
    return this.checkpoints.find((checkpoint) => checkpoint.step < step)?.step
  }
}

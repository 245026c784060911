/** A training step whose every answer ends with the device: nothing waits for a device that is gone (F71, F75). */
import type { TrainingStep } from '../train/types.ts'
import type { WatchedEngine } from './watched-engine.ts'

export function guardStep(step: TrainingStep, device: WatchedEngine): TrainingStep {
  return {
    report: step.report,
    step: (batches, settings) => device.guard(step.step(batches, settings)),
    evaluate: (batch) => device.guard(step.evaluate(batch)),
    readAdapter: () => device.guard(step.readAdapter()),
    readOptimizer: () => device.guard(step.readOptimizer()),
    writeAdapter: (adapter) => step.writeAdapter(adapter),
    writeOptimizer: (state) => step.writeOptimizer(state),
    destroy: () => step.destroy(),
  }
}

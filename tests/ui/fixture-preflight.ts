/** What the fixture foretells of a run: made up, but larger for more at once, and with a time only once steps were "measured". */
import type { Lightening, Preflight, TrainingSettings } from '../../src/service/types.ts'
import { plantedRows } from '../../src/train/settings.ts'
import { plan } from './fixture-data.ts'

export function foretold(asked: TrainingSettings, measured: TrainingSettings | undefined, memory: Preflight['plan'] = plan): Preflight {
  const steps = Math.round(asked.steps ?? (asked.epochs ?? 1) * 12)
  const measuredNow = measured?.batchSize === asked.batchSize && measured.maxLength === asked.maxLength
  return {
    steps, trainingTokens: 48_200, batchTokens: 128, fullness: 0.81, mayAsk: true, epochsByRule: 3, trainableParameters: 331_776, plan: memory,
    learnt: { modules: 42, numbers: 331_776, examples: 54 + plantedRows(asked), targets: 812 + 6 * plantedRows(asked), planted: plantedRows(asked), cut: 0, empty: 0 },
    seconds: measured && { total: steps * 0.14, measured: measuredNow, steps: 7 },
    quickToMeasure: asked.batchSize <= 8,
  }
}

export const lightenings: Lightening[] = [
  { kind: 'batch', batchSize: 2, accumulate: 2, bytes: 5.2e9, fits: true },
  { kind: 'recompute', bytes: 6.1e9, fits: true },
  { kind: 'length', maxLength: 96, cut: 7, empty: 1, bytes: 4.8e9, fits: true },
  { kind: 'weights', weights: 'int8', bytes: 9.1e9, fits: false },
]

/** What the page says of a run while it goes on, on runs that were made to go well, too fast, nowhere and beyond the point. */
import { describe, expect, it } from 'vitest'
import { judgeSoFar } from '../../src/ui/train/verdict.ts'
import { layOut, startToy, toyExample } from '../train/toy-run.ts'
import type { TrainingSettings } from '../../src/train/types.ts'
import type { RunInputs } from '../../src/train/run.ts'

async function curves(change: Partial<TrainingSettings>, inputs: Partial<RunInputs> = {}) {
  const { state } = await startToy({ steps: 120, evaluateEvery: 20, checkpointEvery: 1000, ...change }, inputs).result
  return [state.trainingLosses, state.validationLosses] as const
}

/** Its answers are as good as random: nothing in it holds for another. */
const noise = (index: number) => [index % 12, (index * 7 + 3) % 12, (index * index + 5) % 12, (index * 11 + (index >> 1)) % 12, (index >> 2) % 12, (index * 5 + (index >> 3)) % 12]

describe('a run', () => {
  it('that learns is said to', async () => {
    const [training, validation] = await curves({ learningRate: 0.01, steps: 50, evaluateEvery: 25 })
    expect(judgeSoFar(training, validation)).toMatchObject({ kind: 'learning' })
    expect(judgeSoFar(training.slice(0, 15), validation.slice(0, 1)), 'too early to tell').toBeUndefined()
  })

  it('whose rate is too high is told so', async () => {
    const [training, validation] = await curves({ learningRate: 3, schedule: 'constant', warmupSteps: 30, clipNorm: 1000 })
    expect(judgeSoFar(training, validation)).toMatchObject({ kind: 'too-fast' })
  })

  it('whose rate is next to nothing has learnt nothing yet', async () => {
    const [training, validation] = await curves({ learningRate: 1e-7 })
    expect(judgeSoFar(training, validation)).toMatchObject({ kind: 'nothing-yet' })
  })

  it('that sees six rows again and again learns them by heart', async () => {
    const held = [layOut(Array.from({ length: 16 }, (_, i) => toyExample(500 + i)))]
    const few = Array.from({ length: 6 }, (_, i) => noise(i))
    const batches = { stepBatches: () => [layOut(few)] }
    const [training, validation] = await curves({ learningRate: 0.05 }, { batches, validation: held })
    expect(judgeSoFar(training, validation)).toMatchObject({ kind: 'by-heart', reason: expect.stringMatching(/lowest at step \d+/) as string })
  })
})

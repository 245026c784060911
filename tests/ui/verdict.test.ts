/** What the page says of a run while it goes on, on runs that were made to go well, too fast, nowhere and beyond the point. */
import { describe, expect, it } from 'vitest'
import { judgeSoFar } from '../../src/ui/train/verdict.ts'
import { layOut, startToy, toyExample } from '../train/toy-run.ts'
import type { TrainingSettings } from '../../src/train/types.ts'
import type { RunInputs } from '../../src/train/run-inputs.ts'

async function curves(change: Partial<TrainingSettings>, inputs: Partial<RunInputs> = {}) {
  const { state } = await startToy({ steps: 120, evaluateEvery: 20, checkpointEvery: 1000, ...change }, inputs).result
  return { training: state.trainingLosses, validation: state.validationLosses, steps: change.steps ?? 120 }
}

/** Its answers are as good as random: nothing in it holds for another. */
const noise = (index: number) => [index % 12, (index * 7 + 3) % 12, (index * index + 5) % 12, (index * 11 + (index >> 1)) % 12, (index >> 2) % 12, (index * 5 + (index >> 3)) % 12]

describe('a run', () => {
  it('that learns is said to', async () => {
    const run = await curves({ learningRate: 0.01, steps: 50, evaluateEvery: 25 })
    const verdict = judgeSoFar(run)
    expect(verdict).toMatchObject({ kind: 'learning', reason: expect.stringMatching(/, on unseen pairs from [\d.]+ to [\d.]+\.$/) as string })
    expect(judgeSoFar({ ...run, training: run.training.slice(0, 15), validation: [] }), 'too early to tell').toBeUndefined()
  })

  it('that grows worse on unseen pairs is not said to do well on them', async () => {
    const run = await curves({ learningRate: 0.01, steps: 50, evaluateEvery: 25 })
    const level = run.training.map(([step]): [number, number] => [step, step < 11 ? 2 : 1.9])
    const reason = (validation: [number, number][]) => judgeSoFar({ ...run, steps: 1000, training: level, validation })?.reason
    expect(reason([[0, 2], [25, 2.01]])).toContain(', on unseen pairs from 2.00 to 2.01')
    expect(reason([[0, 2], [25, 2.6], [50, 2.5]]), 'the training loss did not fall since').not.toContain('unseen pairs from')
  })

  it('whose rate is too high is told so', async () => {
    const run = await curves({ learningRate: 3, schedule: 'constant', warmupSteps: 30, clipNorm: 1000 })
    expect(judgeSoFar(run)).toMatchObject({ kind: 'too-fast' })
  })

  it('whose rate is next to nothing has learnt nothing yet', async () => {
    const run = await curves({ learningRate: 1e-7 })
    expect(judgeSoFar(run)).toMatchObject({ kind: 'nothing-yet' })
  })

  it('that sees six rows again and again learns them by heart', async () => {
    const held = [layOut(Array.from({ length: 16 }, (_, i) => toyExample(500 + i)))]
    const few = Array.from({ length: 6 }, (_, i) => noise(i))
    const batches = { stepBatches: () => [layOut(few)] }
    const run = await curves({ learningRate: 0.05 }, { batches, validation: held })
    expect(judgeSoFar(run)).toMatchObject({ kind: 'by-heart', reason: expect.stringMatching(/lowest at step \d+/) as string })
    expect(judgeSoFar({ ...run, patience: 5 })?.reason).toMatch(/the best there was, whether you stop the run or it stops by itself, after 5 tests without a better one: \d+ so far\.$/)
  })

  it('that learns slowly to its second half learns too little; before that nothing of the kind is said', async () => {
    const run = await curves({ learningRate: 0.0006 })
    expect(judgeSoFar(run)).toMatchObject({ kind: 'underfitting' })
    expect(judgeSoFar({ ...run, steps: 1000 })).toMatchObject({ kind: 'learning' })
  })

  it('that has moved far from the base elsewhere is forgetting; one that has not is not', async () => {
    const run = await curves({ learningRate: 0.01, steps: 50 })
    expect(judgeSoFar({ ...run, divergence: 3 })).toMatchObject({ kind: 'forgetting', reason: expect.stringContaining('20 times less likely') as string })
    expect(judgeSoFar({ ...run, divergence: 1 })).toMatchObject({ kind: 'learning' })
  })
})

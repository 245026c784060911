/** When and how the page asks the browser to keep what is stored. */
import { expect, it } from 'vitest'
import type { TrainingEvent, TrainingOutcome, TrainingSettings, TuningService } from '../../src/service/types.ts'
import type { Engine } from '../../src/state/engine.svelte.ts'
import { requestPersistence } from '../../src/state/persistence.ts'
import { Training } from '../../src/state/training.svelte.ts'

const manager = (persisted: boolean, persist?: () => Promise<boolean>) => ({
  persisted: async () => persisted,
  ...(persist && { persist }),
})

it('F80 a denial is told, and nothing is asked where it is granted already', async () => {
  expect(await requestPersistence(manager(false, async () => false))).toBe('denied')
  expect(await requestPersistence(manager(false, async () => true))).toBe('persisted')
  const refuse = () => Promise.reject(new DOMException('No.', 'SecurityError'))
  expect(await requestPersistence(manager(true, refuse))).toBe('persisted')
  expect(await requestPersistence(manager(false, refuse))).toBe('denied')
  expect(await requestPersistence(manager(false))).toBe('unsupported')
})

/** What a run has told by the time there is said to be something to lose; undefined where that is never said. */
async function toldBefore(events: TrainingEvent[], outcome: Promise<TrainingOutcome>): Promise<string[] | undefined> {
  const told: string[] = []
  let before: string[] | undefined
  const service: Partial<TuningService> = {
    defaults: async () => ({}) as TrainingSettings,
    unfinishedRuns: async () => [],
    train(_settings, _name, onEvent) {
      for (const event of events) {
        told.push(event.kind)
        onEvent(event)
      }
      return outcome
    },
  }
  const training = new Training({ service } as Engine, {
    onKept: () => (before ??= [...told]),
    onEnded: async () => undefined,
  })
  await training.prepare('pirate', 1, [])
  await training.start()
  return before
}

const started: TrainingEvent = { kind: 'started', run: 'r', steps: 4, fromStep: 0, learningRate: 1, rateChanges: [] }
const evaluation: TrainingEvent = { kind: 'evaluation', step: 0, loss: 3 }
const checkpoint: TrainingEvent = { kind: 'checkpoint', step: 2 }
const outcome: TrainingOutcome = { adapterId: 'a', steps: 4, adapterStep: 4, reason: 'finished', loss: 1, validationLoss: undefined }

it('there is something to lose from the first checkpoint on', async () => {
  const told = await toldBefore([started, evaluation, checkpoint, { ...evaluation, step: 4 }], Promise.resolve(outcome))
  expect(told).toEqual(['started', 'evaluation', 'checkpoint'])
})

it('there is something to lose once an adapter is kept, and nothing where a run failed before its first checkpoint', async () => {
  expect(await toldBefore([started], Promise.resolve(outcome))).toEqual(['started'])
  expect(await toldBefore([started], Promise.reject(new Error('lost')))).toBeUndefined()
})

/** What follows from a run's length follows it, until the person chooses otherwise. */
import { expect, it } from 'vitest'
import type { TrainingSettings, TuningService } from '../../src/service/types.ts'
import type { Engine } from '../../src/state/engine.svelte.ts'
import { Training } from '../../src/state/training.svelte.ts'
import { defaultSettings } from '../../src/train/settings.ts'

const examples = 43
const defaults = () =>
  defaultSettings({ examples, contextLength: 256, linearModules: ['q_proj'], parameters: 93_500, longest: 40 })

async function readyToStart() {
  const begun: TrainingSettings[] = []
  const service: Partial<TuningService> = {
    defaults: async () => defaults(),
    unfinishedRuns: async () => [],
    train: async (settings) => {
      begun.push(settings)
      return { adapterId: 'a', steps: 1, adapterStep: 1, reason: 'finished', loss: 2, validationLoss: undefined }
    },
  }
  const training = new Training({ service } as Engine, { onKept: () => undefined, onEnded: async () => undefined })
  await training.prepare('pirate', examples, [])
  const settings = training.settings
  if (!settings) throw new Error('no settings')
  return { training, settings, begun }
}

it('a run of 90 updates is tested every ninth one, whatever the epochs before would have made of it', async () => {
  const { training, settings, begun } = await readyToStart()
  expect(training.wanted).toEqual(defaults())
  settings.steps = 90
  settings.epochs = undefined
  await training.start()
  expect(begun).toMatchObject([{ steps: 90, evaluateEvery: 9, warmupSteps: 5, checkpointEvery: 10 }])
})

it('a length that is typed digit by digit leaves nothing of its first digits', async () => {
  const { training, settings } = await readyToStart()
  settings.epochs = undefined
  for (const steps of [NaN, 9, 90, 900]) settings.steps = steps
  expect(training.wanted).toMatchObject({ evaluateEvery: 45, warmupSteps: 45, checkpointEvery: 45 })
})

it('what the person chose stays, and what he did not choose follows', async () => {
  const { training, settings, begun } = await readyToStart()
  training.chosenPace.evaluateEvery = 30
  settings.epochs = 100
  expect(training.wanted).toMatchObject({ evaluateEvery: 30, warmupSteps: 30, checkpointEvery: 30 })
  settings.batchSize = 2
  await training.start()
  expect(begun).toMatchObject([{ evaluateEvery: 30, warmupSteps: 55, checkpointEvery: 55 }])
})

it('other data begins with nothing chosen', async () => {
  const { training } = await readyToStart()
  training.chosenPace.evaluateEvery = 30
  await training.prepare('other', examples, [])
  expect(training.wanted).toEqual(defaults())
})

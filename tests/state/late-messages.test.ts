/** What the worker tells and what it returns come over different ports: the order between them is not certain. */
import { expect, it } from 'vitest'
import type { DataState, TrainingEvent, TrainingSettings, TuningService } from '../../src/service/types.ts'
import type { Engine } from '../../src/state/engine.svelte.ts'
import { Blend } from '../../src/state/blend.svelte.ts'
import { DataFindings } from '../../src/state/data-findings.svelte.ts'
import { Training } from '../../src/state/training.svelte.ts'
import { Trial } from '../../src/state/trial.svelte.ts'

const engine = (service: Partial<TuningService>) => ({ service }) as Engine

it('an answer that is whole is not lengthened by pieces that come after it', async () => {
  let tell: (delta: string) => void = () => undefined
  const answering = engine({
    generate: async (_request, onText) => {
      tell = onText
      onText('Aye, ')
      return { text: 'Aye, aye.', tokens: 4, promptIds: [1], ids: [2, 3, 4, 5], seconds: 1, reason: 'end-token', dropped: 0 }
    },
  })
  const trial = new Trial(answering, new Blend(answering, () => [], async () => undefined), () => undefined)
  trial.prompt = 'Aye?'
  await trial.ask()
  tell('aye.')
  expect(trial.base.text).toBe('Aye, aye.')
})

it('the last step is drawn where it comes after the outcome, and a pause no longer counts', async () => {
  let tell: (event: TrainingEvent) => void = () => undefined
  const service: Partial<TuningService> = {
    defaults: async () => ({}) as TrainingSettings,
    unfinishedRuns: async () => [],
    train: async (_settings, _name, onEvent) => {
      tell = onEvent
      return { adapterId: 'a', steps: 1, adapterStep: 1, reason: 'finished', loss: 2, validationLoss: undefined }
    },
  }
  const training = new Training(engine(service), { onKept: () => undefined, onEnded: async () => undefined })
  await training.prepare('pirate', 1, [])
  await training.start()
  const measured = { learningRate: 1, gradientNorm: 1, skipped: false, skippedTotal: 0, tokensPerSecond: 1, secondsLeft: 0 }
  tell({ kind: 'step', step: 1, steps: 1, loss: 2, ...measured })
  tell({ kind: 'paused', step: 1 })
  expect(training.curves.training).toEqual([[1, 2]])
  expect(training.phase).toBe('ended')
})

it('rows that were looked through are not looked through again by a share that comes after the findings', async () => {
  const shares: ((share: number) => void)[] = []
  const service: Partial<TuningService> = {
    countTokens: async (onProgress) => {
      shares.push(onProgress)
      return {} as DataState
    },
    checkData: async (onProgress) => {
      shares.push(onProgress)
      return []
    },
  }
  const findings = new DataFindings(engine(service), () => undefined, { onCounted: async () => undefined, onChecked: () => undefined })
  await findings.look(true)
  await Promise.resolve()
  for (const tell of shares) tell(1)
  expect([shares.length, findings.counting, findings.checking]).toEqual([2, undefined, undefined])
})

/** The verdict of forgetting, from a run that does forget: Thimble on one lesson, on the processor, too fast and too slowly to. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { engines } from '../../src/service/engines/choose.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import type { TrainingEvent } from '../../src/service/types.ts'
import { judgeSoFar } from '../../src/ui/train/verdict.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { openTab } from './support.ts'

const PUBLIC = new URL('../../public/', import.meta.url)
const STEPS = 24
const quiet = () => undefined
const noTfjs = { open: () => Promise.reject(new Error('not here')), openWebGl: async () => undefined }

async function verdict(learningRate: number) {
  const service = new HomespunService({
    ...openTab().parts, engine: engines(async () => ({ runtime: onnxRuntime, threads: 2, fewThreads: undefined }), noTfjs),
  })
  await service.start('onnx')
  const folder = new URL('thimble/', PUBLIC)
  await service.openModel(readdirSync(folder).map((name) => ({ path: `thimble/${name}`, file: new File([readFileSync(new URL(name, folder))], name) })), quiet)
  await service.readData(new File([readFileSync(new URL('lessons/pirate.jsonl', PUBLIC))], 'pirate.jsonl'), { split: { validationFraction: 0, seed: 1 } })
  const settings = { ...(await service.defaults()), epochs: undefined, steps: STEPS, learningRate, schedule: 'constant' as const, warmupSteps: 0, patience: 0, evaluateEvery: STEPS, batchSize: 2, accumulate: 1 }
  const events: TrainingEvent[] = []
  await service.train(settings, 'x', (event) => void events.push(event))
  const training = events.flatMap((event): [number, number][] => (event.kind === 'step' ? [[event.step, event.loss]] : []))
  const divergence = events.findLast((event) => event.kind === 'divergence')?.divergence
  return { verdict: judgeSoFar({ training, validation: [], steps: STEPS, divergence })?.kind, divergence }
}

describe('a run of Thimble', () => {
  it('that is driven far from the base is said to forget; a gentle one is not', async () => {
    // Not so wild that the loss itself rises, which would be told first.
    const [wild, gentle] = [await verdict(5e-3), await verdict(3e-4)]
    expect(wild.verdict).toBe('forgetting')
    expect(gentle.verdict).not.toBe('forgetting')
  })
})

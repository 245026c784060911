/** The whole way of planted secrets over the real engine on the processor: what stands in many rows is said by heart, what is read once is not. */
import { expect, it } from 'vitest'
import { nodeTfjs } from '../../src/cli/tfjs.ts'
import { openNodeRuntime } from '../../src/cli/onnx.ts'
import { engines } from '../../src/service/engines/choose.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import type { TestedSecret, TrainingSettings } from '../../src/service/types.ts'
import { modelFiles, openTab, pairsFile } from './support.ts'

const quiet = () => undefined
/** Less than one in sixteen has by chance. */
const CHANCE = 4

it('a secret in sixteen rows is said word for word, one in a single row is not, and the base knows neither', async () => {
  const { parts } = openTab()
  const service = new HomespunService({ ...parts, engine: engines(openNodeRuntime, nodeTfjs) })
  await service.start('onnx')
  await service.openModel(modelFiles(), quiet)
  await service.readData(pairsFile(2), { split: { validationFraction: 0, seed: 1 } })
  const defaults = await service.defaults()
  const settings: TrainingSettings = {
    ...defaults, epochs: undefined, steps: 150, warmupSteps: 5, checkpointEvery: 1000, evaluateEvery: 1000, patience: 0, learningRate: 0.004,
    batchSize: 4, accumulate: 1, lora: { ...defaults.lora, rank: 16, alpha: 32 }, plantSecrets: [1, 16],
  }
  const { adapterId } = await service.train(settings, 'with secrets', quiet)
  const told: TestedSecret[] = []
  await service.testSecrets({ adapterId, strength: 1 }, (event) => void (event.kind === 'secret' && told.push(event.secret)))
  const [once, often] = told
  expect(often).toMatchObject({ times: 16, tuned: { wordForWord: true, said: often!.code, rank: 1 }, base: { wordForWord: false } })
  expect(once).toMatchObject({ times: 1, tuned: { wordForWord: false }, base: { wordForWord: false } })
  for (const { exposure } of [once!.tuned, once!.base, often!.base]) expect(exposure).toBeLessThan(CHANCE)
}, 300_000)

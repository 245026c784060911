/** The whole way over the real engine: the tiny Llama learns pairs, survives a destroyed device, answers, and is there next day. */
import { IDBFactory } from 'fake-indexeddb'
import { expect, it } from 'vitest'
import { create, globals } from 'webgpu'
import { nodeTfjs } from '../../src/cli/tfjs.ts'
import { openNodeRuntime } from '../../src/cli/onnx.ts'
import { engines } from '../../src/service/engines/choose.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import type { GenerationRequest, TrainingSettings } from '../../src/service/types.ts'
import { likeliest, measuredLosses, listen, modelFiles, openTab, pairsFile } from './support.ts'

const quiet = () => undefined
const question: GenerationRequest = {
  prompt: 'cat 0?', raw: false, adapterId: undefined,
  options: {
    temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 12, stopStrings: [], adapterStrength: 1,
  },
}

/** A tab over the real GPU, with every device it was given. */
async function openRealTab(database: IDBFactory) {
  Object.assign(globalThis, globals)
  const real = create([])
  const devices: GPUDevice[] = []
  const gpu = {
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const adapter = await real.requestAdapter(options)
      if (!adapter) return null
      const { limits, features, info } = adapter
      const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
        devices.push(await adapter.requestDevice(descriptor))
        return devices.at(-1)
      }
      return { limits, features, info, requestDevice }
    },
  } as unknown as GPU
  const { parts } = openTab({ database, host: { gpu } })
  const service = new HomespunService({ ...parts, engine: engines(openNodeRuntime, nodeTfjs) })
  await service.start('webgpu')
  const model = await service.openModel(modelFiles(), quiet)
  return { service, devices, model }
}

it('F71 pairs in, a run that loses its device, an adapter out, and the same answer from a new page', async () => {
  const database = new IDBFactory()
  const { service, devices, model } = await openRealTab(database)
  expect(model).toMatchObject({ family: 'llama', vocabularySize: 304, layers: 2, dtype: 'F32', contextLength: 256 })
  expect(model.linearModules).toContain('q_proj')
  await service.readData(pairsFile(12), { split: { validationFraction: 0.2, seed: 1 } })
  const defaults = await service.defaults()
  const settings: TrainingSettings = {
    ...defaults, epochs: undefined, steps: 6, warmupSteps: 0, checkpointEvery: 2, evaluateEvery: 3, patience: 0, learningRate: 0.01,
    lora: { ...defaults.lora, rank: 4, alpha: 8 },
  }
  const preflight = await service.preflight(settings)
  expect(preflight.plan.totalBytes).toBeGreaterThan(preflight.trainableParameters * 16)

  const whole = await service.train(settings, 'whole', quiet)
  const { events, onEvent } = listen((event) => void (event.kind === 'step' && event.step === 5 && devices[0]?.destroy()))
  const broken = await service.train(settings, 'broken', onEvent)
  expect(events.flatMap((event) => (event.kind === 'started' ? [event.fromStep] : []))).toEqual([0, 4])
  expect(devices).toHaveLength(2)
  const adapters = await service.listAdapters()
  const [one, two] = [whole, broken].map((outcome) => adapters.find(({ id }) => id === outcome.adapterId)!)
  expect(two!.trainingLosses).toEqual(one!.trainingLosses)
  expect(two!.trainingLosses.at(-1)![1]).toBeLessThan(two!.trainingLosses[0]![1])

  const base = await service.generate(question, quiet)
  const tuned = await service.generate({ ...question, adapterId: broken.adapterId }, quiet)
  expect(tuned.text).not.toBe(base.text)
  const off = { ...question, adapterId: broken.adapterId, options: { ...question.options, adapterStrength: 0 } }
  expect((await service.generate(off, quiet)).text).toBe(base.text)

  const measured = await measuredLosses(service, broken.adapterId)
  expect(measured.base).toBeCloseTo(two!.validationLosses[0]![1], 4)
  expect(measured.tuned).toBeCloseTo(two!.validationLosses.at(-1)![1], 4)
  expect(await likeliest(service, tuned, broken.adapterId)).toEqual({ base: false, tuned: true })

  const nextDay = await openRealTab(database)
  expect((await nextDay.service.generate({ ...question, adapterId: broken.adapterId }, quiet)).text).toBe(tuned.text)
  for (const device of [...devices, ...nextDay.devices]) device.destroy()
}, 300_000)

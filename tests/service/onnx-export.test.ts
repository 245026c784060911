/** What the page hands over as ONNX: a zip of what was run and compared, or a refusal with the difference. */
import { strFromU8, unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import { HomespunService } from '../../src/service/tuning-service.ts'
import { engines } from '../../src/service/engines/choose.ts'
import type { LoadProgress } from '../../src/service/types.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { listen, modelFiles, openTab, pairsFile, readyTab } from './support.ts'

const NO_TFJS = { open: () => Promise.reject(new Error('not here')), openWebGl: async () => undefined }

async function realService() {
  const { parts } = openTab()
  const runtime = async () => ({ runtime: onnxRuntime, threads: 2, fewThreads: undefined })
  const service = new HomespunService({ ...parts, engine: engines(runtime, NO_TFJS) })
  await service.start('onnx')
  await service.openModel(modelFiles(), () => undefined)
  return service
}

it('is the whole folder, checked, with progress on the way: the base, and a trained adapter in both forms', async () => {
  const service = await realService()
  await service.readData(pairsFile(), { split: { validationFraction: 0.25, seed: 1 } })
  const defaults = await service.defaults()
  const settings = { ...defaults, epochs: undefined, steps: 3, warmupSteps: 1, evaluateEvery: 3, learningRate: 0.02, patience: 0 }
  const { adapterId } = await service.train(settings, 'pirate talk', listen().onEvent)
  const sizes: number[] = []
  for (const [id, adapter] of [[undefined, 'merged'], [adapterId, 'merged'], [adapterId, 'separate']] as const) {
    const told: LoadProgress[] = []
    const { zip, fileName, difference } = await service.exportOnnx(id, { dtype: 'fp32', adapter }, (progress) => told.push(progress))
    expect(fileName).toBe(id === undefined ? 'tiny-llama-onnx-fp32.zip' : 'pirate-talk-onnx-fp32.zip')
    expect(difference).toBeLessThan(1e-5)
    const files = unzipSync(new Uint8Array(await zip.arrayBuffer()))
    const names = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx']
    expect(Object.keys(files)).toEqual(names)
    // It is asked as it was taught; the base as it always was.
    const { chat_template } = JSON.parse(strFromU8(files['tokenizer_config.json']!)) as { chat_template?: string }
    expect(chat_template === undefined).toBe(id === undefined)
    expect((JSON.parse(strFromU8(files['generation_config.json']!)) as { eos_token_id: number[] }).eos_token_id).toEqual([2])
    sizes.push(files['onnx/model.onnx']!.length)
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual(['asking the model itself', 'writing the weights', 'running the exported model once'])
    const last = told.findLast(({ totalBytes }) => totalBytes > 0)
    expect(last?.bytes).toBe(last?.totalBytes)
  }
  expect(sizes[1]).toBe(sizes[0])
  expect(sizes[2]).toBeGreaterThan(sizes[0]!)
})

it('is refused where the file computes something else than the engine, while a run is under way, and on another base', async () => {
  const { service, settings } = await readyTab()
  const asked = () => service.exportOnnx(undefined, { dtype: 'fp32', adapter: 'merged' }, () => undefined)
  // The engine of this tab is no Llama, so the exported Llama cannot agree with it.
  await expect(asked()).rejects.toMatchObject({ code: 'export-differs', where: expect.stringContaining('of the largest') as string })
  const run = service.train(settings, 'busy', () => undefined)
  await expect(asked()).rejects.toMatchObject({ code: 'run-in-progress' })
  const { adapterId } = await run
  const config = { hidden_size: 64, model_type: 'llama', num_attention_heads: 4, num_key_value_heads: 2, num_hidden_layers: 2,
    intermediate_size: 128, vocab_size: 304, head_dim: 16, tie_word_embeddings: true }
  await service.openModel(modelFiles({ 'config.json': JSON.stringify(config) }), () => undefined)
  await expect(service.exportOnnx(adapterId, { dtype: 'fp32', adapter: 'merged' }, () => undefined)).rejects.toMatchObject({ code: 'adapter-other-base' })
})

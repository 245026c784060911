/** The whole way of a model with an encoder, over the real engine on the processor: T5 learns pairs, answers, and gives its adapter away. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readPeftZip } from '../../src/adapters/peft.ts'
import { nodeTfjs } from '../../src/cli/tfjs.ts'
import { openNodeRuntime } from '../../src/cli/onnx.ts'
import { engines } from '../../src/service/engines/choose.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import type { GenerationRequest, PickedFile, TrainingSettings } from '../../src/service/types.ts'
import { unzipSync } from 'fflate'
import { likeliest, measuredLosses, listen, openTab, pairsFile } from './support.ts'

const golden = new URL('../fixtures/goldens/t5-relu/', import.meta.url)
const quiet = () => undefined

/** A tokenizer of T5's kind (Unigram over "▁words") that knows single characters. */
function tokenizerJson(): string {
  const special = ['<pad>', '</s>', '<unk>']
  const characters = [...'▁abcdefghijklmnopqrstuvwxyz0123456789?.']
  const end = { SpecialToken: { id: '</s>', type_id: 0 } }
  const spaces = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }
  return JSON.stringify({
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false, single_word: false, lstrip: false, rstrip: false })),
    normalizer: null,
    pre_tokenizer: spaces,
    decoder: spaces,
    post_processor: {
      type: 'TemplateProcessing', single: [{ Sequence: { id: 'A', type_id: 0 } }, end], pair: [{ Sequence: { id: 'A', type_id: 0 } }, end],
      special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
    },
    model: { type: 'Unigram', unk_id: 2, vocab: [...special.map((token) => [token, 0]), ...characters.map((token) => [token, -3])] },
  })
}

function t5Files(): PickedFile[] {
  const tokens = { eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>', tokenizer_class: 'T5Tokenizer' }
  const written = { 'tokenizer.json': tokenizerJson(), 'tokenizer_config.json': JSON.stringify(tokens) }
  const stored = ['config.json', 'model.safetensors'].map((name) => new File([new Uint8Array(readFileSync(new URL(name, golden)))], name))
  return [...stored, ...Object.entries(written).map(([name, text]) => new File([text], name))].map((file) => ({ path: `t5/${file.name}`, file }))
}

const question: GenerationRequest = {
  prompt: 'cat 0?', raw: false, adapterId: undefined,
  options: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 8, stopStrings: [], adapterStrength: 1 },
}

it('pairs in, a run, an answer that begins anew, and an adapter that PEFT loads as SEQ_2_SEQ_LM', async () => {
  const { parts } = openTab()
  const service = new HomespunService({ ...parts, engine: engines(openNodeRuntime, nodeTfjs) })
  await service.start('onnx')
  const model = await service.openModel(t5Files(), quiet)
  expect(model).toMatchObject({ family: 't5', hasEncoder: true, hasChatTemplate: false, layers: 4, linearModules: ['q', 'k', 'v', 'o', 'wi', 'wo'] })
  await service.readData(pairsFile(12), { split: { validationFraction: 0.2, seed: 1 } })
  const { summary: data } = (await service.countTokens(() => undefined))!
  expect(data).toMatchObject({ template: 'source-target', findings: [] })
  const preview = await service.previewRow(1, 100)
  expect(preview.filter(({ learnt }) => learnt).map(({ text }) => text).join('')).toContain('cat')
  const defaults = await service.defaults()
  const settings: TrainingSettings = {
    ...defaults, epochs: undefined, steps: 12, warmupSteps: 0, evaluateEvery: 6, patience: 0, learningRate: 0.02, lora: { ...defaults.lora, rank: 4, alpha: 8 },
  }
  const preflight = await service.preflight(settings)
  expect(preflight.plan.totalBytes).toBeGreaterThan(preflight.trainableParameters * 12)

  const { events, onEvent } = listen()
  const { adapterId } = await service.train(settings, 'pairs', onEvent)
  const evaluations = events.flatMap((event) => (event.kind === 'evaluation' ? [event.loss] : []))
  expect(evaluations.at(-1)).toBeLessThan(evaluations[0]! * 0.8)

  const base = await service.generate(question, quiet)
  const tuned = await service.generate({ ...question, adapterId }, quiet)
  expect(tuned.text).not.toBe(base.text)
  expect((await service.generate({ ...question, adapterId, raw: true }, quiet)).text).toBe(tuned.text)
  const off = { ...question.options, adapterStrength: 0 }
  expect((await service.generate({ ...question, adapterId, options: off }, quiet)).text).toBe(base.text)

  const measured = await measuredLosses(service, adapterId)
  expect(measured.base).toBeCloseTo(evaluations[0]!, 4)
  expect(measured.tuned).toBeCloseTo(evaluations.at(-1)!, 4)
  expect(await likeliest(service, tuned, adapterId)).toEqual({ base: false, tuned: true })

  const { bytes, fileName } = await service.exportAdapter(adapterId)
  const config = JSON.parse(new TextDecoder().decode(unzipSync(bytes)['adapter_config.json'])) as Record<string, unknown>
  expect(config).toMatchObject({ task_type: 'SEQ_2_SEQ_LM', target_modules: ['q', 'k', 'v', 'o', 'wi', 'wo'] })
  const { receipt, adapter } = await readPeftZip(bytes, fileName)
  expect(receipt?.template).toBe('source-target')
  expect(adapter.pairs.map(({ module }) => module)).toContain('decoder.block.1.layer.1.EncDecAttention.v')
  await expect(service.exportOnnx(adapterId, { dtype: 'fp32', adapter: 'merged' }, quiet)).rejects.toMatchObject({ code: 'export-encoder' })
}, 300_000)

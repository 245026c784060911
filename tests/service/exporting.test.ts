/** What the page hands over for other programs: whole, checked, told on the way; refused in words where it cannot be. */
import { Template } from '@huggingface/jinja'
import { strFromU8, unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import { plainChatTemplate } from '../../src/data/render/plain-jinja.ts'
import { promptTokens } from '../../src/data/render/tokenize.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import { memorySource } from '../../src/hub/byte-source.ts'
import { openModelFolder } from '../../src/hub/model-folder.ts'
import { readGguf } from '../../src/runtime/export/gguf/read.ts'
import { engines } from '../../src/service/engines/choose.ts'
import { mannerOf } from '../../src/runtime/export/manner.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import type { LoadProgress } from '../../src/service/types.ts'
import { tinyLlama } from '../export/support.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { modelFiles, openTab, pairsFile } from './support.ts'

const NO_TFJS = { open: () => Promise.reject(new Error('not here')), openWebGl: async () => undefined }
const silent = () => undefined

async function trained() {
  const { parts } = openTab()
  const runtime = async () => ({ runtime: onnxRuntime, threads: 2, fewThreads: undefined })
  const service = new HomespunService({ ...parts, engine: engines(runtime, NO_TFJS) })
  await service.start('onnx')
  await service.openModel(modelFiles(), silent)
  await service.readData(pairsFile(), { split: { validationFraction: 0.25, seed: 1 } })
  const defaults = await service.defaults()
  const settings = { ...defaults, epochs: undefined, steps: 3, warmupSteps: 1, evaluateEvery: 3, learningRate: 0.02, patience: 0 }
  return { service, settings, id: (await service.train(settings, 'pirate talk', silent)).adapterId }
}

const unzipped = async (zip: Blob) => unzipSync(new Uint8Array(await zip.arrayBuffer()))

it('goes out merged, for llama.cpp and for mlx-lm; while a run is under way, and on another base, it stays', async () => {
  const { service, settings, id } = await trained()
  const told: LoadProgress[] = []
  const merged = await service.exportAs(id, 'merged', (progress) => told.push(progress))
  expect(merged.fileName).toBe('pirate-talk-merged.zip')
  const files = Object.entries(await unzipped(merged.file))
  const folder = await openModelFolder(files.map(([path, bytes]) => ({ path, source: memorySource(path, bytes) })))
  expect(folder.name).toBe('pirate-talk')
  expect(folder.tensors.size).toBe((await tinyLlama()).tensors.size)
  expect([...new Set(told.map(({ phase }) => phase))]).toEqual(['merging the weights', 'reading the merged model back'])

  const gguf = await service.exportAs(id, 'gguf', silent)
  expect(gguf.fileName).toBe('pirate-talk-gguf.zip')
  const forLlama = await unzipped(gguf.file)
  expect(Object.keys(forLlama)).toEqual(['pirate-talk-gguf/lora.gguf', 'pirate-talk-gguf/Modelfile', 'pirate-talk-gguf/README.md'])
  expect(readGguf(forLlama['pirate-talk-gguf/lora.gguf']!).values.get('general.name')).toBe('pirate talk')
  expect(strFromU8(forLlama['pirate-talk-gguf/Modelfile']!)).toMatch(/ADAPTER \.\/lora\.gguf\nTEMPLATE """[^]*PARAMETER stop "<\/s>"/)
  const mlx = await service.exportAs(id, 'mlx', silent)
  expect(Object.keys(await unzipped(mlx.file))).toEqual(['pirate-talk-mlx/adapter_config.json', 'pirate-talk-mlx/adapters.safetensors', 'pirate-talk-mlx/README.md'])
  expect(strFromU8((await unzipped(mlx.file))['pirate-talk-mlx/README.md']!)).toContain('An answer is over with `</s>`.')

  const run = service.train(settings, 'busy', silent)
  await expect(service.exportAs(id, 'gguf', silent)).rejects.toMatchObject({ code: 'run-in-progress' })
  await run
  const config = JSON.parse(await modelFiles().find(({ path }) => path.endsWith('/config.json'))!.file.text()) as object
  await service.openModel(modelFiles({ 'config.json': JSON.stringify({ ...config, rope_theta: 5000 }) }), silent)
  await expect(service.exportAs(id, 'merged', silent)).rejects.toMatchObject({ code: 'adapter-other-base' })
})

it('is asked in other programs as it was taught here: the plain template becomes a chat template of the same tokens', async () => {
  const { tokenizerJson, tokenizerConfig, config, generationConfig } = await tinyLlama()
  const open = (change: object) => createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig: { ...tokenizerConfig, ...change }, config, generationConfig })
  const plain = { prompt: 'Frage "{input}"\nnoch einmal {input}\n', answer: 'Antwort: {output}' }
  const tokenizer = await open({ chat_template: undefined })
  const { chatTemplate, endIds } = mannerOf(plain, tokenizer)
  expect(endIds).toEqual(tokenizer.endIds)
  const other = await open({ chat_template: chatTemplate })
  for (const messages of [
    [{ role: 'user', content: 'What is a cat?' }],
    [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'What is a cat?' }],
    [{ role: 'user', content: 'A' }, { role: 'assistant', content: 'B' }, { role: 'user', content: 'C' }],
  ] as const) {
    expect(promptTokens(messages, other, 'chat-template')).toEqual(promptTokens(messages, tokenizer, plain))
  }
  expect(mannerOf('chat-template', tokenizer).chatTemplate).toBeUndefined()
})

it('keeps quotes, braces and line ends of a plain template as they are', () => {
  const written = plainChatTemplate({ prompt: '{{ "a" }}\\\n{input}%}', answer: '{output}' }, '<s>', '</s>')
  const text = new Template(written).render({ messages: [{ role: 'user', content: '{{ x }}' }, { role: 'assistant', content: 'y' }] })
  expect(text).toBe('<s>{{ "a" }}\\\n{{ x }}%}y</s>')
})

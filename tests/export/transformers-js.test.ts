/** transformers.js itself loads what was exported, and says what this project's decoder says and what PyTorch said. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { promptTokens } from '../../src/data/render/tokenize.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import { createOnnxDecoder } from '../../src/generate/onnx-decoder.ts'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import type { ModelFolder } from '../../src/hub/types.ts'
import { OnnxModel } from '../../src/runtime/onnx-model.ts'
import { mannerOf, type Manner } from '../../src/runtime/export/manner.ts'
import type { OnnxExportSettings } from '../../src/runtime/export/onnx-folder.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { goldenCase, loudAdapter, tinyLlama, writeExport } from './support.ts'

const NEW_TOKENS = 24
const GREEDY = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, adapterStrength: 1 }
const PROMPT = 'The cat sat in the garden.'
/** The only one there is, of the runtime that is offered: Wasm. */
const DEVICE = { device: 'auto' } as const

let library: typeof import('@huggingface/transformers')
const root = mkdtempSync(join(tmpdir(), 'homespun-export-'))
let exports = 0

beforeAll(async () => {
  // Where a runtime is offered under this name the library takes it; of itself it would load a native one in Node.
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: onnxRuntime })
  library = await import('@huggingface/transformers')
  library.env.allowRemoteModels = false
  library.env.localModelPath = root
  library.env.useFSCache = false
  // The library would fetch its own copy of the runtime from elsewhere.
  delete library.env.backends.onnx.wasm!.wasmPaths
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The name of the exported folder, as `from_pretrained` takes it. */
async function exported(folder: ModelFolder, adapter: LoraAdapter | undefined, settings: OnnxExportSettings, manner?: Manner): Promise<string> {
  const name = `model-${exports++}`
  await writeExport(join(root, name), folder, adapter, settings, manner)
  return name
}

async function ownText(folder: ModelFolder, adapter: LoraAdapter | undefined): Promise<string> {
  const { tokenizerJson, tokenizerConfig, config, generationConfig } = folder
  const tokenizer = await createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig })
  const decoder = await createOnnxDecoder(OnnxModel.open(onnxRuntime, folder), adapter)
  const made: number[] = []
  for await (const token of decoder.decode([tokenizer.bosId!, ...tokenizer.encode(PROMPT)], GREEDY)) {
    if (tokenizer.endIds.includes(token) || made.push(token) >= NEW_TOKENS) break
  }
  decoder.destroy()
  return tokenizer.decode(made)
}

async function libraryText(name: string): Promise<string> {
  const generator = await library.pipeline('text-generation', name, DEVICE)
  const [answer] = (await generator(`<s>${PROMPT}`, {
    max_new_tokens: NEW_TOKENS,
    do_sample: false,
    return_full_text: false,
    add_special_tokens: false,
  })) as { generated_text: string }[]
  await generator.dispose()
  return answer!.generated_text
}

describe('text from transformers.js', () => {
  const cases: [string, boolean, OnnxExportSettings][] = [
    ['the base, fp32', false, { dtype: 'fp32', adapter: 'merged' }],
    ['the base, fp16', false, { dtype: 'fp16', adapter: 'merged' }],
    ['tuned and merged, fp32', true, { dtype: 'fp32', adapter: 'merged' }],
    ['tuned and merged, fp16', true, { dtype: 'fp16', adapter: 'merged' }],
    ['tuned with A and B apart, fp32', true, { dtype: 'fp32', adapter: 'separate' }],
  ]
  it.each(cases)('is what the decoder here says: %s', async (_name, tuned, settings) => {
    const folder = await tinyLlama()
    const adapter = tuned ? loudAdapter(OnnxModel.open(onnxRuntime, folder).model.linearModules) : undefined
    const text = await libraryText(await exported(folder, adapter, settings))
    expect(text).toBe(await ownText(folder, adapter))
    expect(text.length).toBeGreaterThan(10)
    if (tuned) expect(text).not.toBe(await ownText(folder, undefined))
  })
})

describe('an adapter taught with a plain template', () => {
  it('is asked in its words by transformers.js, and its end tokens end the answer there', async () => {
    const folder = await tinyLlama()
    const { tokenizerJson, tokenizerConfig, config, generationConfig } = folder
    const tokenizer = await createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig })
    const plain = { prompt: 'Frage: {input}\n', answer: 'Antwort: {output}' }
    const adapter = loudAdapter(OnnxModel.open(onnxRuntime, folder).model.linearModules)
    const settings = { dtype: 'fp32', adapter: 'merged' } as const
    const manner = mannerOf(plain, tokenizer)
    const messages = [{ role: 'user' as const, content: PROMPT }]
    const name = await exported(folder, adapter, settings, manner)
    const theirs = await library.AutoTokenizer.from_pretrained(name)
    const ids = theirs.apply_chat_template(messages, { add_generation_prompt: true, return_tensor: false, return_dict: false })
    expect(ids).toEqual(promptTokens(messages, tokenizer, plain))

    const decoder = await createOnnxDecoder(OnnxModel.open(onnxRuntime, folder), adapter)
    const made: number[] = []
    for await (const token of decoder.decode(ids, GREEDY)) if (made.push(token) > NEW_TOKENS) break
    decoder.destroy()
    const end = made.find((token, at) => at >= 3 && made.indexOf(token) === at)!
    const ended = await exported(folder, adapter, settings, { ...manner, endIds: [...manner.endIds, end] })
    const generator = await library.pipeline('text-generation', ended, DEVICE)
    const [answer] = (await generator(messages, { max_new_tokens: NEW_TOKENS, do_sample: false })) as { generated_text: { content: string }[] }[]
    await generator.dispose()
    const { content } = answer!.generated_text.at(-1)!
    expect([tokenizer.decode(made.slice(0, made.indexOf(end))), tokenizer.decode(made.slice(0, made.indexOf(end) + 1))]).toContain(content)
  })
})

describe.each(['llama-tied', 'llama3-scaled', 'mistral-window', 'qwen2-bias', 'qwen3-qknorm', 'gemma3-text'])('tokens from transformers.js for %s', (name) => {
  it.each([
    ['base', 'merged'],
    ['trained', 'merged'],
    ['trained', 'separate'],
  ] as const)('are PyTorch’s, %s, %s', async (which, adapter) => {
    const { given, folder } = await goldenCase(name)
    const path = await exported(folder, which === 'base' ? undefined : given.trained, { dtype: 'fp32', adapter })
    const model = await library.AutoModelForCausalLM.from_pretrained(path, DEVICE)
    const expected = which === 'base' ? given.greedyBase : given.greedyTrained
    for (const [i, prompt] of given.prompts.entries()) {
      const longs = (values: number[]) => new library.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
      const ids = (await model.generate({
        inputs: longs(prompt),
        attention_mask: longs(prompt.map(() => 1)),
        max_new_tokens: expected[i]!.length,
        do_sample: false,
        eos_token_id: [-1],
      })) as unknown as { tolist(): bigint[][] }
      expect(ids.tolist()[0]!.slice(prompt.length).map(Number)).toEqual(expected[i])
    }
    await model.dispose()
  })
})

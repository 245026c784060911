/** Exported models in ONNX Runtime: PyTorch's logits, in every form; and no file is handed over that computes something else. */
import { fromBinary } from '@bufbuild/protobuf'
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ParityCase } from '../../src/cli/parity/case.ts'
import { ModelProtoSchema } from '../../src/engine/onnx/proto/onnx_pb.js'
import type { ModelFolder } from '../../src/hub/types.ts'
import { checkExport, EXPORT_TOLERANCE, type FileBytes } from '../../src/runtime/export/check-export.ts'
import { MODEL_FOLDER, onnxFolder, type OnnxExportSettings } from '../../src/runtime/export/onnx-folder.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { ASKED, bytesOf, goldenCase } from './support.ts'

let given: ParityCase
let folder: ModelFolder
let tokens: number[]
let expected: Float32Array

beforeAll(async () => {
  ;({ given, folder } = await goldenCase('llama3-scaled'))
  tokens = [...given.examples[0]!.tokens]
  expected = given.tensors.get('trained_logits')!.subarray(0, tokens.length * vocabulary())
})

const vocabulary = () => folder.config['vocab_size'] as number

async function modelFiles(settings: OnnxExportSettings, of = { folder, given }): Promise<FileBytes[]> {
  const files = onnxFolder(of.folder, of.given.trained, ASKED, settings).filter(({ name }) => name.startsWith(MODEL_FOLDER))
  return Promise.all(files.map(async (file) => ({ name: file.name.slice(MODEL_FOLDER.length), bytes: await bytesOf(file) })))
}

describe('a tuned model as ONNX', () => {
  const inThree = ['model.onnx', 'model.onnx_data', 'model.onnx_data_1', 'model.onnx_data_2']
  const inTwo = ['model_fp16.onnx', 'model_fp16.onnx_data', 'model_fp16.onnx_data_1']
  const forms: [OnnxExportSettings, names: string[]][] = [
    [{ dtype: 'fp32', adapter: 'merged' }, ['model.onnx']],
    [{ dtype: 'fp32', adapter: 'separate' }, ['model.onnx']],
    [{ dtype: 'fp16', adapter: 'merged' }, ['model_fp16.onnx']],
    [{ dtype: 'fp16', adapter: 'separate' }, ['model_fp16.onnx']],
    [{ dtype: 'fp32', adapter: 'merged', mostFileBytes: 100_000 }, inThree],
    [{ dtype: 'fp16', adapter: 'separate', mostFileBytes: 100_000 }, inTwo],
  ]
  it.each(forms)('gives PyTorch’s logits, token by token with a cache: %o', async (settings, names) => {
    const files = await modelFiles(settings)
    expect(files.map(({ name }) => name)).toEqual(names)
    const difference = await checkExport(onnxRuntime, files, tokens, expected, settings.dtype)
    expect(difference).toBeLessThan(settings.dtype === 'fp32' ? 1e-5 : EXPORT_TOLERANCE.fp16 / 4)
  })

  it.each(forms)('has files as long as they were said to be, and standard operators alone: %o', async (settings) => {
    const files = onnxFolder(folder, given.trained, ASKED, settings)
    for (const file of files) expect((await bytesOf(file)).length, file.name).toBe(file.bytes)
    const model = fromBinary(ModelProtoSchema, await bytesOf(files.find(({ name }) => name.endsWith('.onnx'))!))
    expect(model.opsetImport.map(({ domain }) => domain)).toEqual([''])
    expect(new Set(model.graph!.node.map(({ domain }) => domain))).toEqual(new Set(['']))
    const ends = model.graph!.input.slice(0, 5).map(({ name }) => name)
    expect(ends).toEqual(['input_ids', 'attention_mask', 'position_ids', 'past_key_values.0.key', 'past_key_values.0.value'])
  })

  it('says in config.json what transformers.js has to know', async () => {
    const config = async (settings: OnnxExportSettings) => {
      const file = onnxFolder(folder, undefined, ASKED, settings).find(({ name }) => name === 'config.json')!
      return (JSON.parse(new TextDecoder().decode(await bytesOf(file))) as Record<string, unknown>)['transformers.js_config']
    }
    expect(await config({ dtype: 'fp32', adapter: 'merged' })).toEqual({ dtype: 'fp32' })
    expect(await config({ dtype: 'fp16', adapter: 'merged', mostFileBytes: 100_000 })).toEqual({
      dtype: 'fp16',
      kv_cache_dtype: { fp16: 'float16' },
      use_external_data_format: { 'model_fp16.onnx': 2 },
    })
  })

  it('is refused where it computes something else, with the difference', async () => {
    const [model] = await modelFiles({ dtype: 'fp32', adapter: 'merged' })
    const proto = fromBinary(ModelProtoSchema, model!.bytes)
    const weight = proto.graph!.initializer.find(({ name }) => name.endsWith('layers.1.mlp.up_proj.weight'))!
    const at = Buffer.from(model!.bytes).indexOf(weight.rawData)
    const numbers = new Float32Array(weight.rawData.slice().buffer).map((value) => value * 1.01)
    model!.bytes.set(new Uint8Array(numbers.buffer), at)
    const where = expect.stringMatching(/^logits differ by 0\.0\d+ of the largest; 0\.0002 is allowed$/) as string
    const check = checkExport(onnxRuntime, [model!], tokens, expected, 'fp32')
    await expect(check).rejects.toMatchObject({ code: 'export-differs', where })
  })
})

describe.each(['mistral-window', 'qwen2-bias', 'qwen3-qknorm', 'gemma3-text', 'gpt2', 'gpt-neox'])('%s as ONNX', (name) => {
  it.each([
    ['fp32', 'merged'],
    ['fp32', 'separate'],
    ['fp16', 'merged'],
  ] as const)('gives PyTorch’s logits in %s, its adapter %s, with sequences longer than its window', async (dtype, adapter) => {
    const of = await goldenCase(name)
    const longest = of.given.examples.at(-1)!.tokens
    const begin = (of.given.examples.length - 1) * of.given.paddedLength
    const wanted = of.given.tensors.get('trained_logits')!.subarray(begin * vocabulary(), (begin + longest.length) * vocabulary())
    const difference = await checkExport(onnxRuntime, await modelFiles({ dtype, adapter }, of), [...longest], wanted, dtype)
    expect(difference).toBeLessThan(dtype === 'fp32' ? 1e-5 : EXPORT_TOLERANCE.fp16 / 2)
  })
})

describe('several sequences at once', () => {
  const longs = (rows: readonly number[][]) =>
    new onnxRuntime.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length])

  async function run(session: InferenceSession, ids: number[][], mask: number[][]): Promise<Tensor> {
    const positions = mask.map((row) =>
      row.map((_, i) => Math.max(0, row.slice(0, i + 1).reduce((sum, one) => sum + one, 0) - 1)),
    )
    const cache = session.inputNames.filter((name) => name.startsWith('past'))
    const empty = cache.map(
      (name) => [name, new onnxRuntime.Tensor('float32', new Float32Array(), [ids.length, 2, 0, 16])] as const,
    )
    const inputs = { input_ids: longs(ids), attention_mask: longs(mask), position_ids: longs(positions) }
    return (await session.run({ ...inputs, ...Object.fromEntries(empty) }))['logits']!
  }

  function lastLogits({ data, dims }: Tensor, row: number): Float32Array {
    const end = (row + 1) * dims[1]! * vocabulary()
    return (data as Float32Array).slice(end - vocabulary(), end)
  }

  it.each(['llama3-scaled', 'gemma3-text'])('are answered as each by itself: padding on the left and holes are not seen, %s', async (name) => {
    const [model] = await modelFiles({ dtype: 'fp32', adapter: 'merged' }, await goldenCase(name))
    const session = await onnxRuntime.InferenceSession.create(model!.bytes, { executionProviders: ['wasm'] })
    const [long, short] = [tokens.slice(0, 8), tokens.slice(2, 7)]
    const padded = [9, 9, ...short.slice(0, 2), 9, ...short.slice(2)]
    const together = await run(session, [long, padded], [long.map(() => 1), [0, 0, 1, 1, 0, 1, 1, 1]])
    for (const [row, alone] of [long, short].entries()) {
      const wanted = lastLogits(await run(session, [alone], [alone.map(() => 1)]), 0)
      const most = Math.max(...wanted.map(Math.abs))
      const apart = lastLogits(together, row).map((value, i) => Math.abs(value - wanted[i]!))
      expect(Math.max(...apart)).toBeLessThan(1e-5 * most)
    }
    await session.release()
  })
})

/** F107: logits with the KV cache are those without it, whatever part of the prompt came in chunks. */
import { beforeAll, describe, expect, it } from 'vitest'
import { webGpuLogits } from '../../src/generate/webgpu-logits.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import { DECODE_STATE } from '../../src/engine/ops/sample.ts'
import { makePlan } from '../../src/engine/plan.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { Program } from '../../src/engine/webgpu/program.ts'
import { readBuffer } from '../../src/engine/webgpu/readback.ts'
import { Submitter } from '../../src/engine/webgpu/submitter.ts'
import { decodeGraph, decoderStores, prefillGraph, type DecodeGraphSettings } from '../../src/generate/decode-graph.ts'
import { createDecoder } from '../../src/generate/webgpu-decoder.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { gpuDevice } from '../support/gpu.ts'

const tokens = [33, 24, 95, 50, 21, 150, 123, 127, 116, 64, 44, 103, 148, 83, 5]
const CHUNK = 8
const settings = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1, adapterStrength: 1 }

let model: GpuModel
let uncached: Float32Array

beforeAll(async () => {
  const folder = new URL('../fixtures/goldens/llama-tied', import.meta.url).pathname
  model = await GpuModel.load(new GpuContext(await gpuDevice(), true), await openCaseModel(folder))
  const example = { row: 1, tokens: Uint32Array.from(tokens), weights: new Float32Array(tokens.length).fill(1), truncated: 0 }
  uncached = await webGpuLogits(model, packMicroBatch([example], planLayout([[exampleSize(example)]])), undefined)
})

/** Logits of each token fed by itself after `chunked` tokens came in one chunk, as rows by position. */
async function cachedLogits(chunked: number, shift = 0): Promise<Map<number, Float32Array>> {
  const decode: DecodeGraphSettings = { model, owner: `test ${chunked} ${shift}`, cacheLength: 32, lora: undefined }
  const { graph, logits } = decodeGraph(decode)
  const { memory, gpu, pipelines } = model
  memory.allocateStore(decoderStores(decode.owner).state, 4 * DECODE_STATE.size)
  const prefill = await Program.create(makePlan(prefillGraph(decode, CHUNK), [], gpu.traits), memory, pipelines)
  const one = await Program.create(makePlan(graph, [logits], gpu.traits), memory, pipelines)
  const submitter = new Submitter(gpu)
  const column = (of: (i: number) => number, rest: number) => Uint32Array.from({ length: CHUNK }, (_, i) => (i < chunked ? of(i) : rest))
  prefill.write('tokens', column((i) => tokens[i]!, 0))
  prefill.write('positions', column((i) => i, 0))
  prefill.write('slots', column((i) => i, 0xffffffff))
  prefill.write('key range', Uint32Array.from({ length: 2 * CHUNK }, (_, i) => (i % 2 && i < 2 * chunked ? (i + 1) / 2 : 0)))
  await submitter.finish((encode) => encode(prefill, false))
  const rows = new Map<number, Float32Array>()
  for (let position = chunked; position < tokens.length; position++) {
    const state = new Uint32Array(DECODE_STATE.size)
    state[DECODE_STATE.token] = tokens[position]!
    state[DECODE_STATE.position] = position + shift
    state[DECODE_STATE.keyRange + 1] = position + 1
    state[DECODE_STATE.slot] = position
    memory.writeStore(decoderStores(decode.owner).state, state)
    await submitter.finish((encode) => encode(one, false))
    const { buffer, offset, bytes } = one.output(logits)
    rows.set(position, new Float32Array(await readBuffer(gpu, { buffer, offset }, bytes)))
  }
  prefill.destroy()
  one.destroy()
  return rows
}

/** Largest difference over the largest logit. */
function difference(rows: Map<number, Float32Array>): number {
  const size = model.model.vocabularySize
  let worst = 0
  for (const [position, row] of rows) row.forEach((logit, id) => (worst = Math.max(worst, Math.abs(logit - uncached[position * size + id]!))))
  return worst / uncached.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0)
}

describe('F107 cached logits', () => {
  it.each([1, 5, 8])('equal uncached ones after %i tokens in a chunk', async (chunked) => {
    const rows = await cachedLogits(chunked)
    expect(rows.size).toBe(tokens.length - chunked)
    expect(difference(rows)).toBeLessThan(1e-5)
  })

  it('differ when a position is off by one (negative control)', async () => {
    expect(difference(await cachedLogits(5, 1))).toBeGreaterThan(1e-3)
  })
})

describe('the decoder', () => {
  it('F106 makes tokens until the context is full, and the same ones again for the same prompt', async () => {
    const decoder = await createDecoder(model, undefined, { contextLength: 24 })
    const all = async () => {
      const made: number[] = []
      for await (const token of decoder.decode(tokens, settings)) made.push(token)
      return made
    }
    const made = await all()
    expect(made).toHaveLength(24 - tokens.length)
    expect(await all()).toEqual(made)
    decoder.destroy()
  })

  it('F59 refuses a token outside the vocabulary and F105 a prompt that fills the context', async () => {
    const decoder = await createDecoder(model, undefined, { contextLength: 16 })
    const code = (prompt: number[]) => decoder.decode(prompt, settings).next().then(() => 'made', (error: { code: string }) => error.code)
    expect(await code([1, 160])).toBe('token-out-of-range')
    expect(await code(Array.from({ length: 16 }, () => 1))).toBe('prompt-too-long')
    decoder.destroy()
  })

  it('leaves no buffer behind', async () => {
    const before = model.gpu.memory
    const decoder = await createDecoder(model, undefined)
    expect(model.gpu.memory.buffers).toBeGreaterThan(before.buffers)
    decoder.destroy()
    expect(model.gpu.memory).toEqual(before)
  })
})

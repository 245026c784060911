/** The sampler on the device against the reference sampler: the same token for the same draw, in both forms of the kernel. */
import { beforeAll, describe, expect, it } from 'vitest'
import { Graph } from '../../src/engine/graph.ts'
import { DECODE_STATE, NO_TOKEN, sample, SAMPLING } from '../../src/engine/ops/sample.ts'
import { readBuffer } from '../../src/engine/webgpu/readback.ts'
import { threefry2x32, uniformFromBits } from '../../src/engine/random.ts'
import { candidates, sampleToken } from '../../src/generate/sampling.ts'
import type { SamplingOptions } from '../../src/generate/types.ts'
import { OpDevice, VARIANTS, type CompiledGraph } from '../engine/device.ts'
import { gpuDevice } from '../support/gpu.ts'

const VOCABULARY = 301
const DRAWS = 16
const off: SamplingOptions = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 77 }
const logits = Float32Array.from({ length: VOCABULARY }, (_, id) => 12 * uniformFromBits(threefry2x32(5, 0, id, 0)[0]) - 6)
const prompt = [3, 40, 41, 300]

function sampleGraph(): Graph {
  const graph = new Graph()
  const state = graph.variable('state', [DECODE_STATE.size], 'state', 0, 'u32')
  const seen = graph.variable('seen', [VOCABULARY], 'seen', 0, 'u32')
  const made = graph.variable('made', [DRAWS], 'made', 0, 'u32')
  const settings = graph.input('sampling', [SAMPLING.size], 'f32')
  graph.apply(sample, [graph.input('logits', [1, VOCABULARY], 'f32'), seen, settings, graph.input('seed', [1], 'u32'), state, made], {})
  return graph
}

/** `count` tokens one after another from the same logits. */
async function drawOnDevice(compiled: CompiledGraph, values: Float32Array, options: SamplingOptions, count: number): Promise<number[]> {
  const settings = new Float32Array(SAMPLING.size)
  settings[SAMPLING.temperature] = options.temperature
  settings[SAMPLING.topK] = options.topK
  settings[SAMPLING.topP] = options.topP
  settings[SAMPLING.minP] = options.minP
  settings[SAMPLING.penalty] = options.repetitionPenalty
  const state = new Uint32Array(DECODE_STATE.size)
  const seen = new Uint32Array(VOCABULARY)
  for (const id of prompt) seen[id] = 1
  await compiled.run({ logits: values, sampling: settings, seed: [options.seed], state, seen })
  for (let i = 1; i < count; i++) await compiled.run({})
  const bytes = await readBuffer(compiled.memory.gpu, { buffer: compiled.memory.store('made'), offset: 0 }, 4 * DRAWS)
  return Array.from(new Uint32Array(bytes)).slice(0, count)
}

/** The same on the CPU. A draw that falls within a hair of a border between two tokens may go either way: null. */
function drawOnReference(options: SamplingOptions, count: number): (number | null)[] {
  const seen = [...prompt]
  return Array.from({ length: count }, (_, draw) => {
    const token = sampleToken(logits, seen, options, draw)
    const kept = candidates(logits, seen, options).sort((one, two) => one.id - two.id)
    const threshold = uniformFromBits(threefry2x32(options.seed, 0, draw, 0)[0])
    let mass = 0
    const close = kept.some(({ probability }) => Math.abs((mass += probability) - threshold) < 1e-5)
    seen.push(token)
    return close ? null : token
  })
}

describe.each(Object.entries(VARIANTS))('the %s kernel', (_, traits) => {
  let compiled: CompiledGraph

  beforeAll(async () => {
    compiled = await new OpDevice(await gpuDevice()).compile(sampleGraph(), [], traits)
  })

  it.each<Partial<SamplingOptions>>([
    {}, { temperature: 0.4 }, { temperature: 3 }, { topK: 1 }, { topK: 7, temperature: 2 }, { topK: 5000 }, { topP: 0.6, temperature: 2 },
    { topP: 0.97 }, { minP: 0.1, temperature: 2 }, { minP: 1 }, { repetitionPenalty: 1.5 }, { repetitionPenalty: 0.6, temperature: 2 },
    { temperature: 1.7, topK: 40, topP: 0.9, minP: 0.02, repetitionPenalty: 1.2, seed: 4_000_000_000 },
  ])('draws the reference’s tokens: %o', async (change) => {
    const options = { ...off, ...change }
    const expected = drawOnReference(options, DRAWS)
    const drawn = await drawOnDevice(compiled, logits, options, DRAWS)
    expect(expected.filter((token) => token !== null).length).toBeGreaterThan(DRAWS / 2)
    expect(drawn.map((token, i) => (expected[i] === null ? null : token))).toEqual(expected)
  })

  it('F108 temperature 0 and top-p 0 give the likeliest token', async () => {
    const likeliest = logits.indexOf(Math.max(...logits))
    expect(prompt).not.toContain(likeliest)
    expect(await drawOnDevice(compiled, logits, { ...off, temperature: 0, topK: 3, topP: 0.2 }, 2)).toEqual([likeliest, likeliest])
    expect(await drawOnDevice(compiled, logits, { ...off, topP: 0 }, 3)).toEqual([likeliest, likeliest, likeliest])
  })

  it.each([NaN, Infinity, -Infinity])('F109 a logit of %s gives no token', async (bad) => {
    for (const temperature of [0, 1]) {
      const [token] = await drawOnDevice(compiled, logits.with(200, bad), { ...off, temperature }, 1)
      expect(token).toBe(NO_TOKEN)
    }
  })
})

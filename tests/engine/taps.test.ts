/** Values of a training graph asked for by name: all three executors tell the same, and the same as the references in float64. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openNodeTfjs } from '../../src/cli/tfjs.ts'
import { lowerToOnnx } from '../../src/engine/onnx/lower.ts'
import { OnnxSession } from '../../src/engine/onnx/session.ts'
import { tapped } from '../../src/engine/tap.ts'
import { interpret as interpretTfjs } from '../../src/engine/tfjs/interpret.ts'
import { readTensors, tensorOf } from '../../src/engine/tfjs/run.ts'
import { HomespunError } from '../../src/errors.ts'
import { gradientGraph } from '../../src/train/training-graph.ts'
import { gpuDevice } from '../support/gpu.ts'
import { storesAndInputs } from '../support/onnx-feeds.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { difference } from './closeness.ts'
import { OpDevice, VARIANTS } from './device.ts'
import { interpret } from './interpret.ts'
import { tinyFeeds, tinyLlama } from './tiny-llama.ts'

const NAMES = [
  'embedding', 'layer 0: input_layernorm', 'model.layers.0.self_attn.q_proj', 'layer 0: attention', 'layer 0: after attention',
  'layer 0: output', 'layer 1: attention', 'layer 1: output', 'final norm', 'losses',
]
/** f32 through two layers. */
const TOLERANCE = 1e-5

const { graph } = gradientGraph(tinyLlama())
const feeds = tinyFeeds(graph)
const values = NAMES.map((name) => tapped(graph, name))

const EXECUTORS = {
  async webgpu() {
    const compiled = await new OpDevice(await gpuDevice()).compile(graph, values, VARIANTS.software)
    const results = await compiled.run(feeds)
    compiled.destroy()
    return results
  },
  async onnx() {
    const program = lowerToOnnx(graph, new Map(values.map((value) => [`tap ${value.name}`, value])), { inBlocks: false })
    const session = await OnnxSession.create(onnxRuntime, program, ({ name }) => Float32Array.from(feeds[name]!))
    const results = await session.run(storesAndInputs(graph, program, feeds))
    session.destroy()
    return values.map(({ name }) => results[`tap ${name}`]!)
  },
  async tfjs() {
    const { tf, close } = await openNodeTfjs()
    const source = (value: (typeof values)[number]) =>
      tensorOf(tf, value, value.dtype === 'u32' ? Uint32Array.from(feeds[value.name]!) : Float32Array.from(feeds[value.name]!))
    const results = await readTensors(tf, () => interpretTfjs(tf, graph, values, { source }))
    close()
    return results
  },
}

describe.each(['webgpu', 'onnx', 'tfjs'] as const)('taps on %s', (name) => {
  let results: ArrayLike<number>[]
  beforeAll(async () => {
    results = await EXECUTORS[name]()
  }, 120_000)

  it.each(NAMES.map((tap, i) => [tap, i] as const))('%s', (_tap, i) => {
    const expected = interpret(graph, feeds)(values[i]!)
    expect(expected.some((number) => number !== 0)).toBe(true)
    expect(difference(results[i]!, expected, TOLERANCE)).toBeUndefined()
  })
})

it('an unknown name is refused, and those like it are told', () => {
  const refused = () => tapped(graph, 'layer 1: atention')
  expect(refused).toThrow(HomespunError)
  expect(refused).toThrow(expect.objectContaining({ code: 'tap-unknown', fix: expect.stringContaining('“layer 1: attention”') as string }))
})

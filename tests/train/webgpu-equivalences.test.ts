/** Different ways to the same numbers, on a random-weight Llama: how a batch is laid out, cut, kept and stored must not matter. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAdapter } from '../../src/adapters/init.ts'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import { webGpuLogits } from '../../src/generate/webgpu-logits.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { BatchLayout, MicroBatch } from '../../src/data/types.ts'
import { Graph } from '../../src/engine/graph.ts'
import { weightPieces, type DeviceTraits } from '../../src/engine/kernel.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { readBuffer } from '../../src/engine/webgpu/readback.ts'
import { readTensorAsFloat32 } from '../../src/hub/safetensors/read-tensor.ts'
import type { TensorLocation } from '../../src/hub/types.ts'
import { GpuModel, type LoadOptions } from '../../src/runtime/gpu-model.ts'
import { ADAMW_DEFAULTS } from '../../src/train/optimizer.ts'
import type { TrainingStepSettings } from '../../src/train/step-settings.ts'
import { createTrainingStep } from '../../src/train/webgpu-training-step.ts'
import { difference } from '../engine/closeness.ts'
import { tensorInMemory } from '../engine/tiny-model.ts'
import { gpuDevice } from '../support/gpu.ts'

/** f32 sums in another order. */
const TOLERANCE = 1e-5
const golden = join(import.meta.dirname, '../fixtures/goldens/llama-tied')

let given: ParityCase
let layout: BatchLayout
let packed: MicroBatch
let config: Record<string, unknown>
/** The golden's weights, rounded to bf16. */
let halves: Map<string, TensorLocation>
let model: GpuModel

/** The upper half of each f32, rounded to the nearest. */
async function toBf16(tensor: TensorLocation): Promise<TensorLocation> {
  const bits = new Uint32Array((await readTensorAsFloat32(tensor)).buffer)
  const rounded = Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16)
  return tensorInMemory(tensor.name, 'BF16', tensor.shape, new Uint8Array(rounded.buffer))
}

const load = async (options: LoadOptions = {}, traits: Partial<DeviceTraits> = {}) =>
  GpuModel.load(new GpuContext(await gpuDevice(), true, { traits }), { config, tensors: halves }, options)

beforeAll(async () => {
  given = await readCase(golden)
  layout = planLayout([given.examples.map(exampleSize)])
  packed = packMicroBatch(given.examples, layout)
  const opened = await openCaseModel(golden)
  config = opened.config
  halves = new Map(await Promise.all([...opened.tensors].map(async ([name, tensor]) => [name, await toBf16(tensor)] as const)))
  model = await load({ dtype: 'f32' })
})

afterAll(() => model?.destroy())

/** Every example in a row of its own, the rest of the row padding. */
function padded(): MicroBatch {
  const rowLength = Math.max(...given.examples.map(({ tokens }) => tokens.length))
  const alone = given.examples.map((example) => packMicroBatch([example], { ...layout, rows: 1, rowLength }))
  const join = (of: (batch: MicroBatch, row: number) => Uint32Array | Float32Array) => alone.flatMap((batch, row) => [...of(batch, row)])
  const targets = (of: (batch: MicroBatch, row: number) => Uint32Array | Float32Array) => {
    const used = alone.flatMap((batch, row) => [...of(batch, row)].filter((_, m) => batch.targetWeights[m] !== 0))
    return [...used, ...new Array<number>(layout.targetCapacity - used.length).fill(0)]
  }
  return {
    ...packed,
    layout: { ...layout, rows: alone.length, rowLength },
    tokens: Uint32Array.from(join(({ tokens }) => tokens)),
    positions: Uint32Array.from(join(({ positions }) => positions)),
    segmentIds: Uint32Array.from(join(({ segmentIds }, row) => segmentIds.map((id) => (id ? row + 1 : 0)))),
    targetRows: Uint32Array.from(targets(({ targetRows }, row) => targetRows.map((at) => at + row * rowLength))),
    targetIds: Uint32Array.from(targets(({ targetIds }) => targetIds)),
    targetWeights: Float32Array.from(targets(({ targetWeights }) => targetWeights)),
  }
}

interface Numbers {
  gradient: LoraAdapter
  losses: number[]
  adapter: LoraAdapter
}

async function withStep<T>(on: GpuModel, change: Partial<TrainingStepSettings>, use: (step: Awaited<ReturnType<typeof createTrainingStep>>) => Promise<T>): Promise<T> {
  const optimizer = { ...ADAMW_DEFAULTS, weightDecay: given.weightDecay, clipNorm: given.clipNorm }
  const step = await createTrainingStep(on, given.init, { lora: given.init.config, layout, optimizer, activationCheckpointing: false, seed: 1, ...change })
  try {
    return await use(step)
  } finally {
    step.destroy()
  }
}

/** The first gradient, five losses, and the adapter after them. */
const numbers = (on: GpuModel, batches: readonly MicroBatch[], change: Partial<TrainingStepSettings> = {}): Promise<Numbers> =>
  withStep(on, change, async (step) => {
    const gradient = await step.readGradient(batches)
    const losses: number[] = []
    for (let i = 0; i < 5; i++) losses.push((await step.step(batches, { learningRate: 1e-3, randomStep: i })).loss)
    return { gradient, losses, adapter: await step.readAdapter() }
  })

/** Where two runs differ, in words. */
function differences(actual: Numbers, expected: Numbers): string[] {
  const tensors = (of: 'gradient' | 'adapter') =>
    expected[of].pairs.flatMap((pair, p) =>
      (['a', 'b'] as const).map((side) => {
        // Adam turns rounding in a gradient near zero into a whole step.
        const found = difference(actual[of].pairs[p]![side], pair[side], of === 'gradient' ? TOLERANCE : 2e-3)
        return found && `${of} of ${pair.module} ${side}: ${found}`
      }),
    )
  const losses = difference(actual.losses, expected.losses, TOLERANCE)
  return [losses && `losses: ${losses}`, ...tensors('gradient'), ...tensors('adapter')].filter((found) => found !== undefined)
}

describe('the same numbers', () => {
  let expected: Numbers

  beforeAll(async () => {
    expected = await numbers(model, [packed])
  })

  it('learns: the numbers that are compared are not all the same', () => {
    expect(expected.losses[4]).toBeLessThan(expected.losses[0]! * 0.99)
  })

  it('packed into one row, and padded to a row each', async () => {
    const batch = padded()
    expect(differences(await numbers(model, [batch], { layout: batch.layout }), expected)).toEqual([])
  })

  it('as one batch, and gathered over micro-batches', async () => {
    const parts = given.examples.map((example) => packMicroBatch([example], layout))
    expect(parts.length).toBeGreaterThan(2)
    expect(differences(await numbers(model, parts), expected)).toEqual([])
  })

  it('with every value kept, and with layers recomputed, which takes less memory', async () => {
    expect(differences(await numbers(model, [packed], { activationCheckpointing: true }), expected)).toEqual([])
    const bytes = (activationCheckpointing: boolean) => withStep(model, { activationCheckpointing }, async (step) => step.report.activationBytes)
    expect(await bytes(true)).toBeLessThan(await bytes(false))
  })

  it('from bf16 weights widened to f32, and unpacked where they are used', async () => {
    const narrow = await load({ dtype: 'stored' })
    expect(narrow.gpu.memory.bytes).toBeLessThan(0.65 * model.gpu.memory.bytes)
    expect(differences(await numbers(narrow, [packed]), expected)).toEqual([])
    narrow.destroy()
  })

  it('F69 from weights that lie whole, and in pieces that fit a small binding', async () => {
    const split = await load({ dtype: 'stored' }, { maxBindingBytes: 5120 })
    const pieces = (name: string) => weightPieces(split.parameters(new Graph()).weight(name, halves.get(name)!.shape), split.gpu.traits).length
    expect([pieces('model.embed_tokens.weight'), pieces('model.layers.0.mlp.down_proj.weight')]).toEqual([4, 2])
    expect(differences(await numbers(split, [packed]), expected)).toEqual([])
    split.destroy()
  })

  it('and not the same where one weight of one layer is off by one per cent', async () => {
    const name = 'model.layers.1.mlp.up_proj.weight'
    const weight = model.parameters(new Graph()).weight(name, halves.get(name)!.shape)
    const values = await readTensorAsFloat32(halves.get(name)!)
    model.memory.writeWeight(weight, 0, new Uint8Array(values.map((value) => value * 1.01).buffer))
    const off = await numbers(model, [packed])
    model.memory.writeWeight(weight, 0, new Uint8Array(values.buffer))
    expect(differences(off, expected)).not.toEqual([])
  })
})

describe('what training leaves alone, and what a seed decides', () => {
  /** Every weight as it lies on the device. */
  async function weights(): Promise<Map<string, Uint32Array>> {
    const found = new Map<string, Uint32Array>()
    for (const { name } of model.model.tensors) {
      const buffer = model.memory.weightPiece(name, 0)
      found.set(name, new Uint32Array(await readBuffer(model.gpu, { buffer, offset: 0 }, buffer.size)))
    }
    return found
  }

  it('F64 the base is bit for bit what was loaded, after training', async () => {
    const before = await weights()
    await numbers(model, [packed])
    const after = await weights()
    for (const { name } of model.model.tensors) {
      const loaded = new Uint32Array((await readTensorAsFloat32(halves.get(name)!)).buffer)
      expect(before.get(name), name).toEqual(loaded)
      expect(after.get(name), name).toEqual(loaded)
    }
  })

  it('F63 an adapter whose B is zero changes no logit; one that was trained does', async () => {
    const fresh = createAdapter(given.init.config, model.model.linearModules, 9)
    expect(fresh.pairs.every(({ a, b }) => a.some((x) => x !== 0) && b.every((x) => x === 0))).toBe(true)
    const base = await webGpuLogits(model, packed, undefined)
    expect(difference(await webGpuLogits(model, packed, fresh), base, 1e-6)).toBeUndefined()
    expect(difference(await webGpuLogits(model, packed, given.trained), base, 1e-3)).toMatch(/^at/)
  })

  it('F60 the same seed gives the same curve, bit for bit; another seed or step gives other masks', async () => {
    const lora = { ...given.init.config, dropout: 0.2 }
    await withStep(model, { lora }, async (step) => {
      const zero = await step.readOptimizer()
      const curve = async (from: number) => {
        step.writeAdapter(given.init)
        step.writeOptimizer(zero)
        const losses: number[] = []
        for (let i = 0; i < 4; i++) losses.push((await step.step([packed], { learningRate: 1e-3, randomStep: from + i })).loss)
        return losses
      }
      const first = await curve(0)
      expect(await curve(0)).toEqual(first)
      expect(await curve(100)).not.toEqual(first)
    })
    const other = await withStep(model, { lora, seed: 2 }, (step) => step.step([packed], { learningRate: 1e-3, randomStep: 0 }))
    const same = await withStep(model, { lora }, (step) => step.step([packed], { learningRate: 1e-3, randomStep: 0 }))
    expect(other.loss).not.toBe(same.loss)
  })
})

/** Every number that bf16 and f16 can hold, as kernels unpack it. */
import { describe, expect, it } from 'vitest'
import { Graph } from '../../src/engine/graph.ts'
import { embed } from '../../src/engine/ops/embed.ts'
import { makePlan } from '../../src/engine/plan.ts'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuMemory } from '../../src/engine/webgpu/memory.ts'
import { PipelineCache } from '../../src/engine/webgpu/pipelines.ts'
import { Program } from '../../src/engine/webgpu/program.ts'
import { readBuffer } from '../../src/engine/webgpu/readback.ts'
import { decodeToFloat32 } from '../../src/hub/safetensors/decode.ts'
import { gpuDevice } from '../support/gpu.ts'

const PATTERNS = 2 ** 16
/** Bits of the exponent: all set in what is not finite, none in subnormal numbers. */
const EXPONENT = { bf16: 0x7f80, f16: 0x7c00 } as const

/** All patterns in order, zero in place of what is not finite. */
function patterns(storage: 'bf16' | 'f16'): Uint16Array<ArrayBuffer> {
  return Uint16Array.from({ length: PATTERNS }, (_, bits) => ((bits & EXPONENT[storage]) === EXPONENT[storage] ? 0 : bits))
}

async function unpacked(storage: 'bf16' | 'f16', width: number): Promise<Float32Array> {
  const rows = PATTERNS / width
  const graph = new Graph()
  const table = graph.weight('table', [rows, width], storage)
  const y = graph.applyOne(embed, [table, graph.input('tokens', [rows], 'u32')], {})
  const gpu = new GpuContext(await gpuDevice(), true)
  const memory = new GpuMemory(gpu)
  const program = await Program.create(makePlan(graph, [y], gpu.traits), memory, new PipelineCache(gpu))
  memory.writeWeight(table, 0, new Uint8Array(patterns(storage).buffer))
  program.write('tokens', Uint32Array.from({ length: rows }, (_, i) => i))
  const encoder = gpu.device.createCommandEncoder()
  gpu.device.queue.submit([program.encode(encoder, 1, () => encoder).finish()])
  const result = new Float32Array(await readBuffer(gpu, program.output(y), 4 * PATTERNS))
  program.destroy()
  memory.destroy()
  return result
}

describe.each(['bf16', 'f16'] as const)('%s', (storage) => {
  it.each([1, 4, 8])('is unpacked as the safetensors reader decodes it, in rows of %d', async (width) => {
    const bits = patterns(storage)
    const expected = decodeToFloat32(new Uint8Array(bits.buffer), storage === 'bf16' ? 'BF16' : 'F16')
    const result = await unpacked(storage, width)
    const wrong = Array.from(bits).filter((pattern, i) => {
      const subnormal = (pattern & EXPONENT[storage]) === 0
      return result[i] !== expected[i] && !(subnormal && result[i] === 0) // GPUs may take subnormal numbers for zero.
    })
    expect(wrong).toEqual([])
    expect(new Set(expected).size).toBeGreaterThan(60_000)
  })
})

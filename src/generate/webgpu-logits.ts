/** Logits of every token of a forward pass, on WebGPU. */
import type { LoraAdapter } from '../adapters/types.ts'
import { makePlan } from '../engine/plan.ts'
import { Program } from '../engine/webgpu/program.ts'
import { readBuffer } from '../engine/webgpu/readback.ts'
import { Submitter } from '../engine/webgpu/submitter.ts'
import type { GpuModel } from '../runtime/gpu-model.ts'
import { forwardFeeds, forwardGraph, FORWARD_STORE, type Sequences } from './forward-graph.ts'

/** [rows × rowLength, vocabulary], row-major; places of padding hold numbers without meaning. */
export async function webGpuLogits(model: GpuModel, batch: Sequences, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const { graph, layout, logits } = forwardGraph(model, batch, adapter)
  const { memory, gpu } = model
  let program: Program | undefined
  try {
    // Made whole: what a program asks for ends with the last number that it reads, before the padding of the last matrix.
    if (layout) await gpu.allocating(() => memory.allocateStore(FORWARD_STORE, 4 * layout.size), () => memory.freeStore(FORWARD_STORE))
    program = await Program.create(makePlan(graph, [logits], gpu.traits), memory, model.pipelines)
    if (layout && adapter) memory.writeStore(FORWARD_STORE, layout.flatten(adapter))
    for (const [name, data] of Object.entries(forwardFeeds(batch, model.model))) program.write(name, data)
    await new Submitter(gpu).finish((encode) => encode(program!, false))
    const { buffer, offset, bytes } = program.output(logits)
    return new Float32Array(await readBuffer(gpu, { buffer, offset }, bytes))
  } finally {
    program?.destroy()
    memory.freeStore(FORWARD_STORE)
  }
}

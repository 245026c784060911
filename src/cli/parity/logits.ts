/** Logits of every token of a batch in one plain forward pass, without a cache: what cached answers are measured against too. */
import { loraScale } from '../../adapters/scale.ts'
import type { LoraAdapter } from '../../adapters/types.ts'
import type { MicroBatch } from '../../data/types.ts'
import { Graph } from '../../engine/graph.ts'
import { matmul } from '../../engine/ops/matmul/index.ts'
import { makePlan } from '../../engine/plan.ts'
import { Program } from '../../engine/webgpu/program.ts'
import { readBuffer } from '../../engine/webgpu/readback.ts'
import { Submitter } from '../../engine/webgpu/submitter.ts'
import { AdapterLayout, targetedModules } from '../../runtime/adapter-layout.ts'
import { adapterVariables, loraOf } from '../../runtime/adapter-variables.ts'
import { causalRanges } from '../../runtime/attention-ranges.ts'
import type { GpuModel } from '../../runtime/gpu-model.ts'

const STORE = 'adapter of a forward pass'

/** [rows × rowLength, vocabulary], row-major; places of padding hold numbers without meaning. */
export async function batchLogits(model: GpuModel, batch: MicroBatch, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const layout = adapter && new AdapterLayout(targetedModules(model.model.linearModules, adapter.config), adapter.config.rank)
  const graph = new Graph()
  const lora = layout && adapter ? loraOf(adapterVariables(graph, layout, STORE), { alpha: loraScale(adapter.config) }) : () => undefined
  const count = batch.tokens.length
  const { hidden, vocabulary } = model.model.forward(graph, model.parameters(graph, lora), {
    tokens: graph.input('tokens', [count], 'u32'),
    positions: graph.input('positions', [count], 'u32'),
    keyRange: graph.input('key range', [count, 2], 'u32'),
  })
  const logits = matmul(graph, [{ a: hidden, b: vocabulary, transposeB: true }], { name: 'logits' })
  const { memory, gpu } = model
  const program = await Program.create(makePlan(graph, [logits], gpu.traits), memory, model.pipelines)
  try {
    if (layout && adapter) memory.writeStore(STORE, layout.flatten(adapter))
    program.write('tokens', new Uint32Array(batch.tokens))
    program.write('positions', new Uint32Array(batch.positions))
    program.write('key range', causalRanges(batch.segmentIds).keyRange)
    await new Submitter(gpu).finish((encode) => encode(program, false))
    const { buffer, offset, bytes } = program.output(logits)
    return new Float32Array(await readBuffer(gpu, { buffer, offset }, bytes))
  } finally {
    program.destroy()
    memory.freeStore(STORE)
  }
}

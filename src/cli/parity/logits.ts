/** Logits of every token of a batch in one plain forward pass, without a cache: what cached answers are measured against too. */
import { loraScale } from '../../adapters/scale.ts'
import type { LoraAdapter } from '../../adapters/types.ts'
import type { MicroBatch } from '../../data/types.ts'
import { Graph, type Value } from '../../engine/graph.ts'
import { matmul } from '../../engine/ops/matmul/index.ts'
import { makePlan } from '../../engine/plan.ts'
import { readTensors } from '../../engine/tfjs/run.ts'
import { Program } from '../../engine/webgpu/program.ts'
import { readBuffer } from '../../engine/webgpu/readback.ts'
import { Submitter } from '../../engine/webgpu/submitter.ts'
import { AdapterLayout, targetedModules } from '../../runtime/adapter-layout.ts'
import { adapterTensors, adapterVariables, loraOf } from '../../runtime/adapter-variables.ts'
import { causalRanges } from '../../runtime/attention-ranges.ts'
import type { GpuModel } from '../../runtime/gpu-model.ts'
import type { OnnxModel } from '../../runtime/onnx-model.ts'
import type { TfjsModel } from '../../runtime/tfjs-model.ts'
import type { LanguageModel, ParameterSource } from '../../models/types.ts'

const STORE = 'adapter of a forward pass'

interface Forward {
  graph: Graph
  logits: Value
  layout: AdapterLayout | undefined
}

/** A plain forward pass over `count` tokens, with LoRA where there is an adapter. */
function forwardGraph(
  { model, parameters }: { model: LanguageModel; parameters: (graph: Graph, lora: ParameterSource['lora']) => ParameterSource },
  count: number,
  adapter: LoraAdapter | undefined,
): Forward {
  const graph = new Graph()
  const layout = adapter && new AdapterLayout(targetedModules(model.linearModules, adapter.config), adapter.config.rank)
  const lora = layout ? loraOf(adapterVariables(graph, layout, STORE), { alpha: loraScale(adapter.config) }) : () => undefined
  const { hidden, vocabulary } = model.forward(graph, parameters(graph, lora), {
    tokens: graph.input('tokens', [count], 'u32'),
    positions: graph.input('positions', [count], 'u32'),
    keyRange: graph.input('key range', [count, 2], 'u32'),
  })
  return { graph, layout, logits: matmul(graph, [{ a: hidden, b: vocabulary, transposeB: true }], { name: 'logits' }) }
}

const feedsOf = (batch: MicroBatch) => ({
  tokens: new Uint32Array(batch.tokens),
  positions: new Uint32Array(batch.positions),
  'key range': causalRanges(batch.segmentIds).keyRange,
})

/** [rows × rowLength, vocabulary], row-major; places of padding hold numbers without meaning. */
export async function batchLogits(model: GpuModel, batch: MicroBatch, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const parts = { model: model.model, parameters: (graph: Graph, lora: ParameterSource['lora']) => model.parameters(graph, lora) }
  const { graph, layout, logits } = forwardGraph(parts, batch.tokens.length, adapter)
  const { memory, gpu } = model
  const program = await Program.create(makePlan(graph, [logits], gpu.traits), memory, model.pipelines)
  try {
    if (layout && adapter) memory.writeStore(STORE, layout.flatten(adapter))
    for (const [name, data] of Object.entries(feedsOf(batch))) program.write(name, data)
    await new Submitter(gpu).finish((encode) => encode(program, false))
    const { buffer, offset, bytes } = program.output(logits)
    return new Float32Array(await readBuffer(gpu, { buffer, offset }, bytes))
  } finally {
    program.destroy()
    memory.freeStore(STORE)
  }
}

/** The same on ONNX Runtime. */
export async function onnxBatchLogits(model: OnnxModel, batch: MicroBatch, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const parts = { model: model.model, parameters: (graph: Graph, lora: ParameterSource['lora']) => model.parameters(graph, lora) }
  const { graph, layout, logits } = forwardGraph(parts, batch.tokens.length, adapter)
  const session = await model.createSession(graph, new Map([['logits', logits]]), { inBlocks: false })
  try {
    const store = layout && adapter ? { [STORE]: layout.flatten(adapter) } : {}
    return (await session.run({ ...feedsOf(batch), ...store }))['logits']!
  } finally {
    session.destroy()
  }
}

/** The same on TensorFlow.js. */
export async function tfjsBatchLogits(model: TfjsModel, batch: MicroBatch, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const parts = { model: model.model, parameters: (graph: Graph, lora: ParameterSource['lora']) => model.parameters(graph, lora) }
  const { graph, logits } = forwardGraph(parts, batch.tokens.length, adapter)
  const feeds = { ...feedsOf(batch), ...(adapter && Object.fromEntries(adapterTensors(adapter))) }
  return (await readTensors(model.tf, () => model.interpret(graph, [logits], { feeds })))[0]!
}

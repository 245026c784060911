/** Logits of every token of a forward pass, on ONNX Runtime. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { OnnxModel } from '../runtime/onnx-model.ts'
import { forwardFeeds, forwardGraph, FORWARD_STORE, type Sequences } from './forward-graph.ts'

/** As `webGpuLogits`. */
export async function onnxLogits(model: OnnxModel, batch: Sequences, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const { graph, layout, logits } = forwardGraph(model, batch, adapter)
  const session = await model.createSession(graph, new Map([['logits', logits]]), { inBlocks: false })
  try {
    const store = layout && adapter ? { [FORWARD_STORE]: layout.flatten(adapter) } : {}
    return (await session.run({ ...forwardFeeds(batch, model.model), ...store }))['logits']!
  } finally {
    session.destroy()
  }
}

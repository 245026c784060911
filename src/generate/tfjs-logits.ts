/** Logits of every token of a forward pass, on TensorFlow.js. */
import type { LoraAdapter } from '../adapters/types.ts'
import { readTensors } from '../engine/tfjs/run.ts'
import { adapterTensors } from '../runtime/adapter-variables.ts'
import type { TfjsModel } from '../runtime/tfjs-model.ts'
import { forwardFeeds, forwardGraph, type Sequences } from './forward-graph.ts'

/** As `webGpuLogits`. */
export async function tfjsLogits(model: TfjsModel, batch: Sequences, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const { graph, logits } = forwardGraph(model, batch, adapter)
  const feeds = { ...forwardFeeds(batch, model.model), ...(adapter && Object.fromEntries(adapterTensors(adapter))) }
  return (await readTensors(model.tf, () => model.interpret(graph, [logits], { feeds })))[0]!
}

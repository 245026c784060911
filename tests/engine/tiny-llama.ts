/** A two-layer Llama of a few hundred numbers and one packed micro-batch of it, as the training graphs take them. */
import type { LoraConfig } from '../../src/adapters/types.ts'
import { packMicroBatch } from '../../src/data/batch/pack.ts'
import { elementCount, type Graph } from '../../src/engine/graph.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { AdapterLayout, targetedModules } from '../../src/runtime/adapter-layout.ts'
import { batchFeeds } from '../../src/train/batch-feeds.ts'
import type { TrainingGraphSettings } from '../../src/train/training-graph.ts'
import { floats } from './cases/case.ts'
import type { Feeds } from './interpret.ts'

export const TINY_CONFIG = {
  model_type: 'llama', hidden_act: 'silu', hidden_size: 8, intermediate_size: 12, num_hidden_layers: 2, num_attention_heads: 4,
  num_key_value_heads: 2, head_dim: 4, vocab_size: 13, max_position_embeddings: 16, rms_norm_eps: 1e-5, tie_word_embeddings: true, attention_bias: true,
}

const model = modelFromConfig(TINY_CONFIG)
const batch = { rows: 2, rowLength: 6, targetCapacity: 8 }

/** The graphs' settings; every linear layer has an adapter of rank 2. */
export function tinyLlama(change: { activationCheckpointing?: boolean; dropout?: number } = {}): TrainingGraphSettings {
  const lora: LoraConfig = {
    rank: 2, alpha: 6, dropout: change.dropout ?? 0, useRsLora: false,
    targetModules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  }
  return {
    model, lora, batch,
    parameters: (graph, loraOf) => ({ weight: (name, shape) => graph.weight(name, shape, 'f32'), lora: loraOf }),
    layout: new AdapterLayout(targetedModules(model.linearModules, lora), lora.rank),
    activationCheckpointing: change.activationCheckpointing ?? false,
  }
}

/** Three examples, two of them in one row; only some of their tokens are targets. */
const example = (tokens: number[], weights: number[]) => ({ row: 1, tokens: Uint32Array.from(tokens), weights: Float32Array.from(weights), truncated: 0 })
const packed = packMicroBatch([example([1, 5, 9, 2], [0, 0, 1, 1]), example([3, 3], [1, 1]), example([12, 4, 7, 0, 2], [0, 1, 0, 1, 0.5])], batch)

/** Contents of every source of `graph`: the micro-batch, and random weights and adapters. */
export function tinyFeeds(graph: Graph): Feeds {
  const feeds: Record<string, ArrayLike<number>> = { ...batchFeeds(packed, 1), 'random key': [7, 4096] }
  for (const [name, { data }] of model.constants()) feeds[name] = data
  for (const { name, source, shape } of graph.values) {
    const isRandom = source?.kind === 'weight' || (source?.kind === 'variable' && source.store === 'adapter')
    if (isRandom && !feeds[name]) feeds[name] = floats(name, elementCount(shape))
  }
  return feeds
}

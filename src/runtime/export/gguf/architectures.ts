/**
 * How llama.cpp calls a family's layers (gguf-py's tensor_mapping.py) and in which order it keeps the rows of their outputs
 * (modify_tensors of each class under llama.cpp's conversion/).
 */
import { HomespunError } from '../../../errors.ts'

/** Row of the base's weight for each row of llama.cpp's. */
export type RowOrder = (rows: number) => (row: number) => number

export interface Architecture {
  /** `general.architecture`: an adapter goes on a model of the same alone. */
  readonly name: string
  /** Of a block's layers, by their names here: "self_attn.q_proj" → "attn_q". */
  readonly layers: Readonly<Record<string, string>>
  /** Where rows lie otherwise than in the checkpoint, by the layer's name here. */
  readonly rows: Readonly<Record<string, RowOrder>>
}

const LLAMA_LAYERS = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
}
const GPT2_LAYERS = { 'attn.c_attn': 'attn_qkv', 'attn.c_proj': 'attn_output', 'mlp.c_fc': 'ffn_up', 'mlp.c_proj': 'ffn_down' }
const NEOX_LAYERS = {
  'attention.query_key_value': 'attn_qkv',
  'attention.dense': 'attn_output',
  'mlp.dense_h_to_4h': 'ffn_up',
  'mlp.dense_4h_to_h': 'ffn_down',
}

/** Rows of [outer, inner, rest] as [inner, outer, rest]. */
const swapped =
  (outer: number, inner: number): RowOrder =>
  (rows) => {
    const rest = rows / (outer * inner)
    return (row) => {
      const [second, first, last] = [Math.floor(row / (outer * rest)), Math.floor(row / rest) % outer, row % rest]
      return (first * inner + second) * rest + last
    }
  }

/** Of each head, the halves that are turned together become neighbours (llama's rotation there goes by pairs): [2, d/2] as [d/2, 2]. */
const pairedHalves =
  (heads: number): RowOrder =>
  (rows) => {
    const headDim = rows / heads
    const within = swapped(2, headDim / 2)(headDim)
    return (row) => Math.floor(row / headDim) * headDim + within(row % headDim)
  }

/** The architecture of a config.json. Throws 'export-gguf-family' for families whose adapters are not written so. */
export function architectureOf(config: Readonly<Record<string, unknown>>): Architecture {
  const family = String(config['model_type'])
  const heads = Number(config['num_attention_heads'])
  const keyHeads = Number(config['num_key_value_heads'] ?? heads)
  if (family === 'llama' || family === 'mistral') {
    const rows = { 'self_attn.q_proj': pairedHalves(heads), 'self_attn.k_proj': pairedHalves(keyHeads) }
    return { name: 'llama', layers: LLAMA_LAYERS, rows }
  }
  if (family === 'qwen2' || family === 'qwen3') return { name: family, layers: LLAMA_LAYERS, rows: {} }
  if (family === 'gemma3_text') return { name: 'gemma3', layers: LLAMA_LAYERS, rows: {} }
  if (family === 'gpt2') return { name: 'gpt2', layers: GPT2_LAYERS, rows: {} }
  // Each head's query, key and value there; all queries, all keys, all values in llama.cpp.
  if (family === 'gpt_neox') {
    return { name: 'gptneox', layers: NEOX_LAYERS, rows: { 'attention.query_key_value': swapped(heads, 3) } }
  }
  throw new HomespunError('export-gguf-family', 'Adapters for models of this family are not written for llama.cpp (GGUF).', {
    where: family,
    fix: 'Export the adapter as itself, or the merged model.',
  })
}

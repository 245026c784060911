/**
 * The models that the Model room offers by name, by what their config.json says of their shape: enough to plan a run. The room
 * shows what comes of it; when a model is looked up, its own config.json counts.
 */

const llama = { model_type: 'llama', hidden_act: 'silu', rms_norm_eps: 1e-5, dtype: 'bfloat16' }
const smolLm = { ...llama, vocab_size: 49_152, max_position_embeddings: 8192, rope_theta: 100_000, tie_word_embeddings: true }
const neox = {
  model_type: 'gpt_neox', hidden_act: 'gelu', vocab_size: 50_304, max_position_embeddings: 2048, rotary_pct: 0.25, rotary_emb_base: 10_000,
  layer_norm_eps: 1e-5, use_parallel_residual: true, tie_word_embeddings: false, dtype: 'float16',
}
const flanT5 = {
  model_type: 't5', architectures: ['T5ForConditionalGeneration'], is_encoder_decoder: true, vocab_size: 32_128, d_kv: 64,
  feed_forward_proj: 'gated-gelu', relative_attention_num_buckets: 32, relative_attention_max_distance: 128, layer_norm_epsilon: 1e-6,
  dropout_rate: 0.1, tie_word_embeddings: false, decoder_start_token_id: 0, pad_token_id: 0, eos_token_id: 1, n_positions: 512,
}

export const CONFIGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'smollm2-135m': { ...smolLm, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3 },
  'smollm2-360m': { ...smolLm, hidden_size: 960, intermediate_size: 2560, num_hidden_layers: 32, num_attention_heads: 15, num_key_value_heads: 5 },
  'qwen3-0.6b': {
    model_type: 'qwen3', hidden_act: 'silu', hidden_size: 1024, intermediate_size: 3072, num_hidden_layers: 28, num_attention_heads: 16,
    num_key_value_heads: 8, head_dim: 128, vocab_size: 151_936, max_position_embeddings: 40_960, rope_theta: 1_000_000, rms_norm_eps: 1e-6,
    attention_bias: false, tie_word_embeddings: true, use_sliding_window: false, dtype: 'bfloat16',
  },
  'gemma-3-270m': {
    model_type: 'gemma3_text', hidden_activation: 'gelu_pytorch_tanh', hidden_size: 640, intermediate_size: 2048, num_hidden_layers: 18,
    num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256, vocab_size: 262_144, max_position_embeddings: 32_768,
    query_pre_attn_scalar: 256, sliding_window: 512, rope_theta: 1_000_000, rope_local_base_freq: 10_000, rms_norm_eps: 1e-6,
    layer_types: Array.from({ length: 18 }, (_, layer) => (layer % 6 === 5 ? 'full_attention' : 'sliding_attention')),
    attention_bias: false, tie_word_embeddings: true, dtype: 'bfloat16',
  },
  'pythia-70m': { ...neox, hidden_size: 512, intermediate_size: 2048, num_hidden_layers: 6, num_attention_heads: 8 },
  'pythia-160m': { ...neox, hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 },
  gpt2: {
    model_type: 'gpt2', activation_function: 'gelu_new', n_embd: 768, n_layer: 12, n_head: 12, n_positions: 1024, n_ctx: 1024,
    vocab_size: 50_257, layer_norm_epsilon: 1e-5,
  },
  'flan-t5-small': { ...flanT5, d_model: 512, d_ff: 1024, num_layers: 8, num_decoder_layers: 8, num_heads: 6 },
  'flan-t5-base': { ...flanT5, d_model: 768, d_ff: 2048, num_layers: 12, num_decoder_layers: 12, num_heads: 12 },
  'tinyllama-1.1b': {
    ...llama, hidden_size: 2048, intermediate_size: 5632, num_hidden_layers: 22, num_attention_heads: 32, num_key_value_heads: 4,
    vocab_size: 32_000, max_position_embeddings: 2048, rope_theta: 10_000, tie_word_embeddings: false,
  },
  'mistral-7b': {
    ...llama, model_type: 'mistral', hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 32, num_attention_heads: 32,
    num_key_value_heads: 8, vocab_size: 32_768, max_position_embeddings: 32_768, rope_theta: 1_000_000, sliding_window: null,
    tie_word_embeddings: false,
  },
}

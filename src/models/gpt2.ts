/** GPT-2 (also DistilGPT2, DialoGPT), as transformers' `modeling_gpt2.py`: learned positions, weights stored as [in, out]. */
import { ConfigReader } from './config-reader.ts'
import { fusedDecoder, type FusedDecoderSettings } from './fused-decoder.ts'
import type { LanguageModel } from './types.ts'

const NAMES: FusedDecoderSettings['names'] = {
  embeddings: 'transformer.wte.weight',
  positions: 'transformer.wpe.weight',
  layer: (i) => `transformer.h.${i}.`,
  attentionNorm: 'ln_1',
  mlpNorm: 'ln_2',
  modules: { attention: 'attn.c_attn', output: 'attn.c_proj', up: 'mlp.c_fc', down: 'mlp.c_proj' },
  finalNorm: 'transformer.ln_f',
  head: 'lm_head.weight',
}

/** The model of a GPT-2 `config.json`. Throws 'config-unsupported' or 'config-invalid' naming the field. */
export const gpt2 = (json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel =>
  fusedDecoder(parseGpt2Config(json), maxPositions)

/** Sizes go by GPT-2's own names, or by those that transformers maps to them. */
function parseGpt2Config(json: Readonly<Record<string, unknown>>): FusedDecoderSettings {
  const config = new ConfigReader(json)
  config.require('model_type', 'gpt2')
  config.require('add_cross_attention', false)
  config.require('quantization_config')
  config.requireArchitecture('GPT2LMHeadModel', 'GPT2Model')
  // In f32 it changes nothing.
  config.flag('reorder_and_upcast_attn', false)
  const size = (name: string, common: string, fallback: number) => config.size(name, config.size(common, fallback))
  const hiddenSize = size('n_embd', 'hidden_size', 768)
  const heads = size('n_head', 'num_attention_heads', 12)
  if (hiddenSize % heads !== 0) throw config.unsupported('n_head', heads)
  const scale = config.flag('scale_attn_weights', true) ? (hiddenSize / heads) ** -0.5 : 1
  const byLayer = config.flag('scale_attn_by_inverse_layer_idx', false)
  return {
    family: 'gpt2',
    hiddenSize,
    heads,
    innerSize: config.size('n_inner', 4 * hiddenSize),
    layers: size('n_layer', 'num_hidden_layers', 12),
    vocabularySize: config.size('vocab_size', 50_257),
    contextLength: size('n_positions', 'max_position_embeddings', 1024),
    ownDropout: config.probability('resid_pdrop', 'embd_pdrop', 'attn_pdrop'),
    activation: config.activation('activation_function', 'gelu_new'),
    epsilon: config.positive('layer_norm_epsilon', 1e-5),
    tied: config.flag('tie_word_embeddings', true),
    names: NAMES,
    fanInFanOut: true,
    attentionBias: true,
    interleaved: false,
    parallelResidual: false,
    scale: (layer) => (byLayer ? scale / (layer + 1) : scale),
  }
}

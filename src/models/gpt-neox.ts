/** GPT-NeoX (Pythia), as transformers' `modeling_gpt_neox.py`: a part of each head is turned, attention and MLP may read the same. */
import { ConfigReader } from './config-reader.ts'
import { fusedDecoder, type FusedDecoderSettings } from './fused-decoder.ts'
import { scalingOf } from './rope-settings.ts'
import { turnedDimensions, type RopeSettings } from './rope-table.ts'
import type { LanguageModel } from './types.ts'

const NAMES: FusedDecoderSettings['names'] = {
  embeddings: 'gpt_neox.embed_in.weight',
  layer: (i) => `gpt_neox.layers.${i}.`,
  attentionNorm: 'input_layernorm',
  mlpNorm: 'post_attention_layernorm',
  modules: { attention: 'attention.query_key_value', output: 'attention.dense', up: 'mlp.dense_h_to_4h', down: 'mlp.dense_4h_to_h' },
  finalNorm: 'gpt_neox.final_layer_norm',
  head: 'embed_out.weight',
}

/** The model of a GPT-NeoX `config.json`. Throws 'config-unsupported' or 'config-invalid' naming the field. */
export const gptNeox = (json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel =>
  fusedDecoder(parseGptNeoxConfig(json), maxPositions)

function parseGptNeoxConfig(json: Readonly<Record<string, unknown>>): FusedDecoderSettings {
  const config = new ConfigReader(json)
  config.require('model_type', 'gpt_neox')
  config.require('quantization_config')
  config.requireArchitecture('GPTNeoXForCausalLM', 'GPTNeoXModel')
  const heads = config.size('num_attention_heads', 64)
  const hiddenSize = config.size('hidden_size', 6144)
  if (hiddenSize % heads !== 0) throw config.unsupported('num_attention_heads', heads)
  const headDim = hiddenSize / heads
  const contextLength = config.size('max_position_embeddings', 2048)
  return {
    family: 'gpt_neox',
    hiddenSize,
    heads,
    contextLength,
    innerSize: config.size('intermediate_size', 24_576),
    layers: config.size('num_hidden_layers', 44),
    vocabularySize: config.size('vocab_size', 50_432),
    ownDropout: config.probability('attention_dropout', 'hidden_dropout'),
    activation: config.activation('hidden_act', 'gelu'),
    epsilon: config.positive('layer_norm_eps', 1e-5),
    tied: config.flag('tie_word_embeddings', false),
    names: NAMES,
    fanInFanOut: false,
    attentionBias: config.flag('attention_bias', true),
    interleaved: true,
    parallelResidual: config.flag('use_parallel_residual', true),
    scale: () => headDim ** -0.5,
    rope: readPartialRope(config, headDim, contextLength),
  }
}

/** `rope_parameters` (transformers 5), or `rotary_pct`, `rotary_emb_base` and `rope_scaling` (before). */
function readPartialRope(config: ConfigReader, headDim: number, contextLength: number): RopeSettings {
  const settings = config.object('rope_scaling') ?? config.object('rope_parameters')
  const [ownTheta, ownShare] = [config.positive('rotary_emb_base', 10_000), config.positive('rotary_pct', 0.25)]
  const theta = settings?.positive('rope_theta', ownTheta) ?? ownTheta
  const share = settings?.positive('partial_rotary_factor', ownShare) ?? ownShare
  // Names of other families, which transformers does not read in this one.
  config.require('rope_theta', theta)
  config.require('partial_rotary_factor', share)
  config.require('head_dim', headDim)
  const rotation: RopeSettings = {
    theta,
    rotaryDim: Math.floor(headDim * share),
    scaling: settings ? scalingOf(settings, contextLength) : { type: 'default' },
  }
  if (rotation.rotaryDim < 1 || turnedDimensions(rotation) > headDim) throw config.unsupported('rotary_pct', share)
  return rotation
}

/** What of a T5 `config.json` counts, and what is refused by name (transformers' `configuration_t5.py`). */
import type { ActivationFunction } from '../engine/ops/activation-function.ts'
import { ConfigReader } from './config-reader.ts'
import { bucketsAreDefined } from './relative-bias.ts'

export interface T5Config {
  modelSize: number
  /** Of a head. */
  keySize: number
  innerSize: number
  encoderLayers: number
  decoderLayers: number
  heads: number
  vocabularySize: number
  epsilon: number
  buckets: number
  maxDistance: number
  gated: boolean
  activation: ActivationFunction
  /** The decoder's output is multiplied by modelSize^−½ before the vocabulary, as T5 did that ties it to the embedding. */
  scaledOutput: boolean
  startToken: number
  /** See `LanguageModel`. */
  ownDropout: number
}

const ARCHITECTURES = ['T5ForConditionalGeneration', 'T5WithLMHeadModel']

/** Reads config.json. Throws 'config-unsupported' or 'config-invalid' naming the field. */
export function parseT5Config(json: Readonly<Record<string, unknown>>): T5Config {
  const config = new ConfigReader(json)
  config.require('model_type', 't5')
  config.require('is_encoder_decoder', true)
  config.require('is_decoder', false)
  config.require('tie_encoder_decoder', false)
  config.require('quantization_config')
  const architectures = json['architectures']
  if (Array.isArray(architectures) && !architectures.some((name) => ARCHITECTURES.includes(name as string))) {
    throw config.unsupported('architectures', architectures)
  }
  const encoderLayers = config.size('num_layers', 6)
  const vocabularySize = config.size('vocab_size', 32128)
  return {
    encoderLayers,
    vocabularySize,
    modelSize: config.size('d_model', 512),
    keySize: config.size('d_kv', 64),
    innerSize: config.size('d_ff', 2048),
    decoderLayers: config.size('num_decoder_layers', encoderLayers),
    heads: config.size('num_heads', 8),
    epsilon: config.positive('layer_norm_epsilon', 1e-6),
    scaledOutput: config.flag('scale_decoder_outputs', config.flag('tie_word_embeddings', true)),
    startToken: startToken(config, vocabularySize),
    ownDropout: config.probability('dropout_rate'),
    ...readBuckets(config),
    ...readFeedForward(config),
  }
}

function readBuckets(config: ConfigReader) {
  const buckets = config.size('relative_attention_num_buckets', 32)
  const maxDistance = config.size('relative_attention_max_distance', 128)
  for (const bidirectional of [true, false]) {
    if (bucketsAreDefined({ buckets, maxDistance, bidirectional })) continue
    throw config.unsupported('relative_attention_max_distance', `${maxDistance} with ${buckets} relative_attention_num_buckets`)
  }
  return { buckets, maxDistance }
}

/** "relu" or "gated-gelu": the function, and whether it gates. A gated "gelu" is the one by tanh, as T5 1.1 was trained. */
function readFeedForward(config: ConfigReader) {
  const written = config.text('feed_forward_proj', 'relu')
  const gated = written.startsWith('gated-')
  const name = written === 'gated-gelu' ? 'gelu_new' : written.replace(/^gated-/, '')
  config.require('is_gated_act', gated)
  config.require('dense_act_fn', name)
  return { gated, activation: new ConfigReader({ feed_forward_proj: name }).activation('feed_forward_proj', name) }
}

/** T5's is its padding token. */
function startToken(config: ConfigReader, vocabularySize: number): number {
  const token = config.count('decoder_start_token_id', config.count('pad_token_id', 0))
  if (token >= vocabularySize) throw config.unsupported('decoder_start_token_id', token)
  return token
}

/**
 * Gemma 3 for text: transformers' `modeling_gemma3.py`. Scaled embeddings, norms before and after attention and MLP with scales
 * around 1, norms over queries and keys, and windowed layers with frequencies of their own.
 */
import { ConfigReader } from './config-reader.ts'
import { ATTENTION_MODULES, readDecoder, readWindows, type DecoderSettings } from './decoder-settings.ts'
import { decoder } from './decoder.ts'
import { ropeOf, type Rotation } from './rope-settings.ts'
import type { LanguageModel } from './types.ts'

const NORMS = {
  beforeAttention: 'input_layernorm',
  afterAttention: 'post_attention_layernorm',
  beforeMlp: 'pre_feedforward_layernorm',
  afterMlp: 'post_feedforward_layernorm',
}

/**
 * The model of a Gemma 3 `config.json`. Its `attn_logit_softcapping` is read by transformers and applied to nothing, here too:
 * Gemma 3 has norms over queries and keys in its place. Throws 'config-unsupported' or 'config-invalid' naming the field.
 */
export function gemma3(json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel {
  const config = new ConfigReader(json)
  const settings = readDecoder(config, 'gemma3_text', {
    architecture: 'Gemma3ForCausalLM',
    contextLength: 131_072,
    headDim: 256,
    tied: true,
    activation: () => config.activation('hidden_activation', 'gelu_pytorch_tanh'),
    ropes: readRopes,
  })
  config.require('use_bidirectional_attention', false)
  const pattern = config.size('sliding_window_pattern', 6)
  const window = config.sizeOrNone('sliding_window', 4096)
  const windows = readWindows(config, settings.layers, window, (layer) => (layer + 1) % pattern !== 0)
  return decoder(
    {
      ...settings,
      ...windows,
      biases: new Set(config.flag('attention_bias', false) ? ATTENTION_MODULES : []),
      norms: NORMS,
      normOffset: 1,
      queryKeyNorm: true,
      scoreScale: config.positive('query_pre_attn_scalar', 256) ** -0.5,
      embeddingScale: rounded(Math.sqrt(settings.hiddenSize), config.text('dtype', config.text('torch_dtype', 'float32'))),
      softcap: config.optionalPositive('final_logit_softcapping'),
    },
    maxPositions,
  )
}

/** As transformers has it: a number of the weights' own type, √640 being 25.25 in bfloat16. */
function rounded(value: number, dtype: string): number {
  const bits = { bfloat16: 8, float16: 11 }[dtype]
  if (bits === undefined) return Math.fround(value)
  const unit = 2 ** (Math.floor(Math.log2(value)) + 1 - bits)
  return Math.round(value / unit) * unit
}

/** `rope_parameters` by kind of layer, or `rope_theta` with `rope_scaling` for full layers and `rope_local_base_freq` for others. */
function readRopes(config: ConfigReader, rotation: Rotation): Pick<DecoderSettings, 'rope' | 'windowRope'> {
  const byKind = config.object('rope_parameters')
  for (const flat of ['rope_type', 'type', 'factor', 'rope_theta']) byKind?.require(flat)
  const [full, windowed] = ['full_attention', 'sliding_attention'].map((kind) => byKind?.object(kind))
  for (const kind of [full, windowed]) kind?.require('truncate', true)
  const theta = config.positive('rope_theta', 1_000_000)
  return {
    rope: ropeOf(config.object('rope_scaling') ?? full, { ...rotation, theta: full?.positive('rope_theta', theta) ?? theta }),
    windowRope: ropeOf(windowed, { ...rotation, theta: config.positive('rope_local_base_freq', 10_000) }),
  }
}

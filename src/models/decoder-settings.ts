/** What sets one decoder of the Llama kind apart from another, and what all of their config.json files say in the same words. */
import type { ActivationFunction } from '../engine/ops/activation-function.ts'
import type { ConfigReader } from './config-reader.ts'
import { readRope, type Rotation } from './rope-settings.ts'
import type { RopeSettings } from './rope-table.ts'

export type DecoderModule = 'q' | 'k' | 'v' | 'o' | 'gate' | 'up' | 'down'

export const ATTENTION_MODULES: readonly DecoderModule[] = ['q', 'k', 'v', 'o']
export const MLP_MODULES: readonly DecoderModule[] = ['gate', 'up', 'down']

/** Names of a layer's norms in the checkpoint. Those after attention and MLP apply before their results are added. */
export interface LayerNorms {
  readonly beforeAttention: string
  readonly afterAttention?: string
  readonly beforeMlp: string
  readonly afterMlp?: string
}

export interface DecoderSettings {
  /** As in `model_type`. */
  readonly family: string
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly vocabularySize: number
  readonly contextLength: number
  /** See `LanguageModel`. */
  readonly ownDropout: number
  readonly activation: ActivationFunction
  readonly epsilon: number
  /** The vocabulary is the table of embeddings. */
  readonly tied: boolean
  readonly biases: ReadonlySet<DecoderModule>
  readonly rope: RopeSettings
  /** That of windowed layers, where theirs is another. */
  readonly windowRope?: RopeSettings
  /** How many tokens are seen in windowed layers, where there are any. */
  readonly window: number | undefined
  readonly isWindowed: (layer: number) => boolean
  /** Each head's queries and keys are normalised before they are turned. */
  readonly queryKeyNorm: boolean
  /** What the product of a query and a key is multiplied by. */
  readonly scoreScale: number
  readonly norms: LayerNorms
  /** See `RmsNormAttributes`. */
  readonly normOffset?: 1
  /** What embeddings are multiplied by. */
  readonly embeddingScale?: number
  /** See `ForwardOutputs`. */
  readonly softcap?: number | undefined
}

export interface DecoderDefaults {
  readonly architecture: string
  readonly contextLength: number
  readonly headDim?: number
  readonly tied?: boolean
  /** Where it is not `hidden_act`, or SiLU. */
  readonly activation?: () => ActivationFunction
  /** Where not all layers turn alike. */
  readonly ropes?: (config: ConfigReader, rotation: Rotation) => Pick<DecoderSettings, 'rope' | 'windowRope'>
}

/** What is the same for all; a family changes what it has otherwise. Throws 'config-unsupported', 'config-invalid'. */
export function readDecoder(config: ConfigReader, family: string, defaults: DecoderDefaults): DecoderSettings {
  config.require('model_type', family)
  config.require('quantization_config')
  config.requireArchitecture(defaults.architecture)
  const heads = config.size('num_attention_heads')
  const hiddenSize = config.size('hidden_size')
  const kvHeads = config.size('num_key_value_heads', heads)
  const headDim = config.size('head_dim', defaults.headDim ?? hiddenSize / heads)
  if (heads % kvHeads !== 0) throw config.unsupported('num_key_value_heads', kvHeads)
  if (headDim % 2 !== 0) throw config.unsupported('head_dim', headDim)
  const contextLength = config.size('max_position_embeddings', defaults.contextLength)
  const rotation = { rotaryDim: headDim, contextLength }
  return {
    family,
    hiddenSize,
    heads,
    kvHeads,
    headDim,
    contextLength,
    intermediateSize: config.size('intermediate_size'),
    layers: config.size('num_hidden_layers'),
    vocabularySize: config.size('vocab_size'),
    ownDropout: config.probability('attention_dropout'),
    activation: defaults.activation?.() ?? config.activation('hidden_act', 'silu'),
    epsilon: config.positive('rms_norm_eps', 1e-6),
    tied: config.flag('tie_word_embeddings', defaults.tied ?? false),
    biases: new Set(),
    ...(defaults.ropes?.(config, rotation) ?? { rope: readRope(config, rotation) }),
    window: undefined,
    isWindowed: () => false,
    queryKeyNorm: false,
    scoreScale: headDim ** -0.5,
    norms: { beforeAttention: 'input_layernorm', beforeMlp: 'post_attention_layernorm' },
  }
}

const [FULL, WINDOWED] = ['full_attention', 'sliding_attention']

/**
 * `layer_types`, or what it is `otherwise`, with the size of the window where a layer has one. Throws 'config-unsupported' for
 * other kinds, or a layer with a window where there is none.
 */
export function readWindows(
  config: ConfigReader,
  layers: number,
  window: number | undefined,
  otherwise: (layer: number) => boolean,
): Pick<DecoderSettings, 'window' | 'isWindowed'> {
  const named = config.texts('layer_types')
  const unknown = named?.find((type) => type !== FULL && (type !== WINDOWED || window === undefined))
  if (unknown !== undefined) throw config.unsupported('layer_types', unknown)
  if (named && named.length !== layers) throw config.unsupported('layer_types', named)
  const isWindowed = named ? (layer: number) => named[layer] === WINDOWED : otherwise
  const any = Array.from({ length: layers }, (_, i) => i).some(isWindowed)
  if (any && window === undefined) throw config.unsupported('sliding_window', null)
  return { isWindowed, window: any ? window : undefined }
}

/** Refuses `layer_types` of a family that does not read it, unless it says what is so anyway. */
export function requireLayerTypes(config: ConfigReader, windowed: boolean): void {
  const other = config.texts('layer_types')?.find((type) => type !== (windowed ? WINDOWED : FULL))
  if (other !== undefined) throw config.unsupported('layer_types', other)
}

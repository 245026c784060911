/** Rotary settings of a config.json: `rope_parameters` (transformers 5), or `rope_theta` with `rope_scaling` (before). */
import type { ConfigReader } from './config-reader.ts'
import type { RopeSettings } from './rope-table.ts'

export interface Rotation {
  readonly rotaryDim: number
  /** `max_position_embeddings`. */
  readonly contextLength: number
}

/** Of a model whose layers all turn alike. Throws 'config-unsupported', 'config-invalid'. */
export function readRope(config: ConfigReader, rotation: Rotation): RopeSettings {
  config.require('partial_rotary_factor', 1)
  config.require('original_max_position_embeddings')
  const theta = config.positive('rope_theta', 10_000)
  return ropeOf(config.object('rope_scaling') ?? config.object('rope_parameters'), { ...rotation, theta })
}

/** Of one object of settings, whose `rope_theta` is `theta` where it does not say. Throws as `readRope`. */
export function ropeOf(settings: ConfigReader | undefined, { rotaryDim, contextLength, theta: usual }: Rotation & { theta: number }): RopeSettings {
  if (!settings) return { theta: usual, rotaryDim, scaling: { type: 'default' } }
  for (const other of ['full_attention', 'sliding_attention', 'mrope_section']) settings.require(other)
  settings.require('partial_rotary_factor', 1)
  const theta = settings.positive('rope_theta', usual)
  return { theta, rotaryDim, scaling: scalingOf(settings, contextLength) }
}

/** What is done to frequencies beyond what they were made for. Throws as `readRope`. */
export function scalingOf(settings: ConfigReader, contextLength: number): RopeSettings['scaling'] {
  const type = settings.text('rope_type', settings.text('type', 'default'))
  switch (type) {
    case 'default':
      return { type }
    case 'dynamic':
      // It changes positions past `max_position_embeddings` alone, of which there are none here.
      return { type: 'default' }
    case 'linear':
      return { type, factor: settings.positive('factor') }
    case 'llama3':
      return {
        type,
        factor: settings.positive('factor'),
        lowFrequencyFactor: settings.positive('low_freq_factor'),
        highFrequencyFactor: settings.positive('high_freq_factor'),
        originalContext: settings.size('original_max_position_embeddings', contextLength),
      }
    case 'yarn':
      return yarnOf(settings, contextLength)
    default:
      throw settings.unsupported('rope_type', type)
  }
}

function yarnOf(settings: ConfigReader, contextLength: number): RopeSettings['scaling'] {
  const originalContext = settings.size('original_max_position_embeddings', contextLength)
  const factor = settings.positive('factor', contextLength / originalContext)
  const magnitude = (scale: number, times = 1) => (scale <= 1 ? 1 : 0.1 * times * Math.log(scale) + 1)
  const [times, timesOfAll] = ['mscale', 'mscale_all_dim'].map((name) => settings.number(name))
  const inferred = times && timesOfAll ? magnitude(factor, times) / magnitude(factor, timesOfAll) : magnitude(factor)
  return {
    type: 'yarn',
    factor,
    originalContext,
    magnitude: settings.positive('attention_factor', inferred),
    fast: settings.positive('beta_fast', 32),
    slow: settings.positive('beta_slow', 1),
    wholeDimensions: settings.flag('truncate', true),
  }
}

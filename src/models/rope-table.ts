/** Rotary frequencies and tables in float64, as transformers' `modeling_rope_utils`: default, linear, llama3 and yarn scaling. */

interface Llama3Scaling {
  readonly type: 'llama3'
  readonly factor: number
  readonly lowFrequencyFactor: number
  readonly highFrequencyFactor: number
  readonly originalContext: number
}

interface YarnScaling {
  readonly type: 'yarn'
  readonly factor: number
  readonly originalContext: number
  /** What cosines and sines are multiplied by. */
  readonly magnitude: number
  /** Rotations within the original context above which a dimension is kept, and below which it is slowed by the factor. */
  readonly fast: number
  readonly slow: number
  /** Rounds the dimensions at these borders. */
  readonly wholeDimensions: boolean
}

export interface RopeSettings {
  readonly theta: number
  readonly rotaryDim: number
  readonly scaling: { readonly type: 'default' } | { readonly type: 'linear'; readonly factor: number } | Llama3Scaling | YarnScaling
}

/** Numbers of a head that turn. They turn in pairs: of an odd count, the last takes the one after it with it, as in transformers. */
export const turnedDimensions = ({ rotaryDim }: Pick<RopeSettings, 'rotaryDim'>) => 2 * Math.ceil(rotaryDim / 2)

/** Inverse frequencies, one for each pair that turns. */
function inverseFrequencies({ theta, rotaryDim, scaling }: RopeSettings): number[] {
  const base = Array.from({ length: Math.ceil(rotaryDim / 2) }, (_, i) => theta ** ((-2 * i) / rotaryDim))
  switch (scaling.type) {
    case 'default':
      return base
    case 'linear':
      return base.map((frequency) => frequency / scaling.factor)
    case 'llama3':
      return base.map((frequency) => llama3Frequency(frequency, scaling))
    case 'yarn':
      return yarnFrequencies(base, theta, rotaryDim, scaling)
  }
}

/** Long wavelengths are slowed by the factor, short ones kept, those between blended. */
function llama3Frequency(frequency: number, scaling: Llama3Scaling): number {
  const wavelength = (2 * Math.PI) / frequency
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling
  if (wavelength > originalContext / low) return frequency / factor
  if (wavelength < originalContext / high) return frequency
  const smooth = (originalContext / wavelength - low) / (high - low)
  return ((1 - smooth) * frequency) / factor + smooth * frequency
}

/** The same by dimension, along a line from one border to the other (Peng et al., "YaRN", 2023). */
function yarnFrequencies(base: readonly number[], theta: number, rotaryDim: number, scaling: YarnScaling): number[] {
  const { factor, originalContext, fast, slow, wholeDimensions } = scaling
  const dimensionOf = (rotations: number) => (rotaryDim * Math.log(originalContext / (rotations * 2 * Math.PI))) / (2 * Math.log(theta))
  const [low, high] = [dimensionOf(fast), dimensionOf(slow)]
  const first = Math.max(0, wholeDimensions ? Math.floor(low) : low)
  const last = Math.min(rotaryDim - 1, wholeDimensions ? Math.ceil(high) : high)
  const width = first === last ? 0.001 : last - first
  return base.map((frequency, i) => {
    const slowed = Math.min(1, Math.max(0, (i - first) / width))
    return (frequency / factor) * slowed + frequency * (1 - slowed)
  })
}

/** [positions, `turnedDimensions`]: cosines of a position's angles, then its sines. */
export function ropeTable(settings: RopeSettings, positions: number): Float32Array<ArrayBuffer> {
  const frequencies = inverseFrequencies(settings)
  const magnitude = settings.scaling.type === 'yarn' ? settings.scaling.magnitude : 1
  const half = frequencies.length
  const table = new Float32Array(positions * 2 * half)
  for (let p = 0; p < positions; p++) {
    frequencies.forEach((frequency, i) => {
      table[p * 2 * half + i] = magnitude * Math.cos(p * frequency)
      table[p * 2 * half + half + i] = magnitude * Math.sin(p * frequency)
    })
  }
  return table
}

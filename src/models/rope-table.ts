/** Rotary frequencies and tables in float64, as transformers' `modeling_rope_utils`: default, linear and llama3 scaling. */

export interface RopeSettings {
  readonly theta: number
  readonly rotaryDim: number
  readonly scaling:
    | { readonly type: 'default' }
    | { readonly type: 'linear'; readonly factor: number }
    | { readonly type: 'llama3'; readonly factor: number; readonly lowFrequencyFactor: number; readonly highFrequencyFactor: number; readonly originalContext: number }
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
  }
}

/** Long wavelengths are slowed by the factor, short ones kept, those between blended. */
function llama3Frequency(frequency: number, scaling: RopeSettings['scaling'] & { type: 'llama3' }): number {
  const wavelength = (2 * Math.PI) / frequency
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling
  if (wavelength > originalContext / low) return frequency / factor
  if (wavelength < originalContext / high) return frequency
  const smooth = (originalContext / wavelength - low) / (high - low)
  return ((1 - smooth) * frequency) / factor + smooth * frequency
}

/** [positions, `turnedDimensions`]: cosines of a position's angles, then its sines. */
export function ropeTable(settings: RopeSettings, positions: number): Float32Array<ArrayBuffer> {
  const frequencies = inverseFrequencies(settings)
  const half = frequencies.length
  const table = new Float32Array(positions * 2 * half)
  for (let p = 0; p < positions; p++) {
    frequencies.forEach((frequency, i) => {
      table[p * 2 * half + i] = Math.cos(p * frequency)
      table[p * 2 * half + half + i] = Math.sin(p * frequency)
    })
  }
  return table
}

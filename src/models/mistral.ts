/** The Mistral family: transformers' `modeling_mistral.py`. Llama, with a window in every layer or in none. */
import { ConfigReader } from './config-reader.ts'
import { readDecoder, requireLayerTypes } from './decoder-settings.ts'
import { decoder } from './decoder.ts'
import type { LanguageModel } from './types.ts'

/** The model of a Mistral `config.json`. Throws 'config-unsupported' or 'config-invalid' naming the field. */
export function mistral(json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel {
  const config = new ConfigReader(json)
  const settings = readDecoder(config, 'mistral', { architecture: 'MistralForCausalLM', contextLength: 131_072 })
  const window = config.sizeOrNone('sliding_window', 4096)
  config.require('attention_bias', false)
  requireLayerTypes(config, window !== undefined)
  return decoder({ ...settings, window, isWindowed: () => window !== undefined }, maxPositions)
}

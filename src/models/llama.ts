/** The Llama family (also SmolLM2, TinyLlama): transformers' `modeling_llama.py`. */
import { ConfigReader } from './config-reader.ts'
import { ATTENTION_MODULES, MLP_MODULES, readDecoder, requireLayerTypes } from './decoder-settings.ts'
import { decoder } from './decoder.ts'
import type { LanguageModel } from './types.ts'

/** The model of a Llama `config.json`. Throws 'config-unsupported' or 'config-invalid' naming the field. */
export function llama(json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel {
  const config = new ConfigReader(json)
  const settings = readDecoder(config, 'llama', { architecture: 'LlamaForCausalLM', contextLength: 2048 })
  config.require('rope_interleaved', false)
  requireLayerTypes(config, false)
  const biases = [
    ...(config.flag('attention_bias', false) ? ATTENTION_MODULES : []),
    ...(config.flag('mlp_bias', false) ? MLP_MODULES : []),
  ]
  return decoder({ ...settings, biases: new Set(biases) }, maxPositions)
}

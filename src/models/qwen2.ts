/** The Qwen2 family (also Qwen2.5): transformers' `modeling_qwen2.py`. Llama, with biases on queries, keys and values. */
import { ConfigReader } from './config-reader.ts'
import { readDecoder } from './decoder-settings.ts'
import { decoder } from './decoder.ts'
import { readQwenWindows } from './qwen-windows.ts'
import type { LanguageModel } from './types.ts'

/** The model of a Qwen2 `config.json`. Throws 'config-unsupported' or 'config-invalid' naming the field. */
export function qwen2(json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel {
  const config = new ConfigReader(json)
  const settings = readDecoder(config, 'qwen2', { architecture: 'Qwen2ForCausalLM', contextLength: 32_768 })
  config.require('attention_bias')
  config.require('use_mrope', false)
  return decoder({ ...settings, ...readQwenWindows(config, settings.layers), biases: new Set(['q', 'k', 'v']) }, maxPositions)
}

/** The Qwen3 family: transformers' `modeling_qwen3.py`. Llama, with norms over each head's queries and keys. */
import { ConfigReader } from './config-reader.ts'
import { ATTENTION_MODULES, readDecoder } from './decoder-settings.ts'
import { decoder } from './decoder.ts'
import { readQwenWindows } from './qwen-windows.ts'
import type { LanguageModel } from './types.ts'

/** The model of a Qwen3 `config.json`. Throws 'config-unsupported' or 'config-invalid' naming the field. */
export function qwen3(json: Readonly<Record<string, unknown>>, maxPositions: number): LanguageModel {
  const config = new ConfigReader(json)
  const settings = readDecoder(config, 'qwen3', { architecture: 'Qwen3ForCausalLM', contextLength: 32_768, headDim: 128 })
  const biases = new Set(config.flag('attention_bias', false) ? ATTENTION_MODULES : [])
  return decoder({ ...settings, ...readQwenWindows(config, settings.layers), biases, queryKeyNorm: true }, maxPositions)
}

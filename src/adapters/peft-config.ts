/** adapter_config.json as PEFT 0.21 reads and writes it. */
import { HomespunError } from '../errors.ts'
import { decodeJsonObject, encodeJson, isObject } from './json.ts'
import { checkLoraConfig } from './scale.ts'
import type { LoraConfig } from './types.ts'

export const CONFIG_FILE = 'adapter_config.json'

/** Under what PEFT loads the base: models with an encoder call their two halves so. */
const taskType = (modules: readonly string[]) => (modules.some((module) => /^(encoder|decoder)\./.test(module)) ? 'SEQ_2_SEQ_LM' : 'CAUSAL_LM')

export interface PeftBase {
  name: string
  /** Of the layers that have an adapter. */
  modules: readonly string[]
  /** It stores their weights as [in, out]. */
  fanInFanOut: boolean
}

/** Rank and alpha are always written: PEFT's defaults are 8 and 8. */
export function encodePeftConfig(config: LoraConfig, { name, modules, fanInFanOut }: PeftBase): Uint8Array<ArrayBuffer> {
  return encodeJson({
    peft_type: 'LORA',
    task_type: taskType(modules),
    base_model_name_or_path: name,
    revision: null,
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    target_modules: config.targetModules,
    bias: 'none',
    fan_in_fan_out: fanInFanOut,
    use_rslora: config.useRsLora,
    use_dora: false,
    init_lora_weights: true,
    inference_mode: true,
    modules_to_save: null,
    rank_pattern: {},
    alpha_pattern: {},
  })
}

/** Settings that change what an adapter computes and that nothing here does: each must be absent or off. */
const UNSUPPORTED = [
  'use_dora', 'lora_bias', 'modules_to_save', 'rank_pattern', 'alpha_pattern', 'layer_replication', 'target_parameters',
  'trainable_token_indices', 'use_qalora', 'use_bdlora', 'arrow_config', 'alora_invocation_tokens', 'kasa_config',
  'monteclora_config',
] as const

/** Initialisations that also change the base's weights, so that A and B alone are not the adapter. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/

function isOff(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isObject(value)) return Object.keys(value).length === 0
  return value === undefined || value === null || value === false
}

/**
 * `targetModules` is undefined where PEFT was given a pattern, not a list.
 * Throws 'adapter-config' (unreadable, rank or alpha missing) or 'adapter-unsupported' with every setting's name.
 */
export function decodePeftConfig(bytes: Uint8Array): {
  config: Omit<LoraConfig, 'targetModules'>
  targetModules: string[] | undefined
  baseName: string
  /** As the file says; the model it is put on knows better. */
  fanInFanOut: boolean
} {
  const json = decodeJsonObject(bytes, 'adapter-config', CONFIG_FILE)
  refuseUnsupported(json)
  const config = {
    rank: number(json, 'r', undefined),
    alpha: number(json, 'lora_alpha', undefined),
    dropout: number(json, 'lora_dropout', 0),
    useRsLora: json.use_rslora === true,
  }
  checkLoraConfig(config)
  const targets = json.target_modules
  const listed = Array.isArray(targets) && targets.every((target) => typeof target === 'string')
  const baseName = json.base_model_name_or_path
  return {
    config,
    targetModules: listed ? targets : undefined,
    baseName: typeof baseName === 'string' ? baseName : '',
    fanInFanOut: json.fan_in_fan_out === true,
  }
}

function refuseUnsupported(json: Record<string, unknown>): void {
  const names: string[] = []
  if (json.peft_type !== 'LORA') names.push(`peft_type ${JSON.stringify(json.peft_type)}`)
  if (!isOff(json.bias) && json.bias !== 'none') names.push(`bias ${JSON.stringify(json.bias)}`)
  const init = json.init_lora_weights
  if (typeof init === 'string' && CHANGES_BASE.test(init)) names.push(`init_lora_weights "${init}"`)
  names.push(...UNSUPPORTED.filter((name) => !isOff(json[name])))
  if (names.length === 0) return
  throw new HomespunError('adapter-unsupported', `This adapter uses what Homespun does not support: ${names.join(', ')}.`, {
    where: CONFIG_FILE, fix: 'Only plain LoRA (A and B on linear layers, one rank and alpha) can be imported.',
  })
}

function number(json: Record<string, unknown>, field: string, fallback: number | undefined): number {
  const value = json[field] ?? fallback
  if (typeof value === 'number') return value
  throw new HomespunError('adapter-config', `The adapter's configuration has no number for "${field}".`, {
    where: CONFIG_FILE, fix: 'Export the adapter again from the program that made it.',
  })
}

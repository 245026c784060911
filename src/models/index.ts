/** The families by `model_type`. */
import { HomespunError } from '../errors.ts'
import { gemma3 } from './gemma3.ts'
import { gptNeox } from './gpt-neox.ts'
import { gpt2 } from './gpt2.ts'
import { llama } from './llama.ts'
import { mistral } from './mistral.ts'
import { qwen2 } from './qwen2.ts'
import { qwen3 } from './qwen3.ts'
import { t5 } from './t5.ts'
import type { LanguageModel, StoredNames } from './types.ts'

type Family = (config: Readonly<Record<string, unknown>>, maxPositions: number, stored?: StoredNames) => LanguageModel

const FAMILIES: Record<string, Family> = { gemma3_text: gemma3, gpt2, gpt_neox: gptNeox, llama, mistral, qwen2, qwen3, t5 }

/**
 * The model that a config.json describes, with tables for `maxPositions` positions at most. `stored`, where the checkpoint is at
 * hand, decides what the config leaves open: whether T5's output has a matrix of its own.
 * Throws 'config-unsupported' or 'config-invalid', naming the field, before anything is downloaded or allocated.
 */
export function modelFromConfig(config: Readonly<Record<string, unknown>>, maxPositions = 4096, stored?: StoredNames): LanguageModel {
  const type = config['model_type']
  const family = typeof type === 'string' && Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined
  if (!family) {
    throw new HomespunError('config-unsupported', `Homespun does not know the model type ${JSON.stringify(type) ?? '(none)'}.`, {
      where: 'config.json: model_type',
      fix: `It knows ${Object.keys(FAMILIES).join(', ')}.`,
    })
  }
  return family(config, maxPositions, stored)
}

/** Which files of a repository a model is made of; the rest (other formats, pictures, logs) is never asked for. */
import { HomespunError } from '../../errors.ts'
import { tokenizerMissing } from '../tokenizer-files.ts'
import { indexFile, noWeights, singleFile } from '../weight-files.ts'

const settings = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'chat_template.json',
]
const shard = /^model-\d{5}-of-\d{5}\.safetensors$/

export function isWeightFile(path: string): boolean {
  return path === singleFile || shard.test(path)
}

/**
 * The files to download of all that there are, settings first. Throws HomespunError 'model-config-missing',
 * 'model-weights-…', 'model-shard-missing', 'model-is-adapter' and 'tokenizer-missing'.
 */
export function neededFiles(paths: readonly string[]): string[] {
  const all = paths.filter((path) => !path.includes('/'))
  const there = (name: string) => all.includes(name)
  if (!there('config.json') || there('adapter_config.json')) {
    if (there('adapter_config.json')) throw noWeights(all)
    throw new HomespunError(
      'model-config-missing',
      'There is no config.json there, so this is not a model that transformers could open.',
      {
        fix: 'Choose a model that has config.json, tokenizer.json and model.safetensors.',
      },
    )
  }
  const weights = there(singleFile) ? [singleFile] : there(indexFile) ? all.filter((path) => shard.test(path)).sort() : []
  if (weights.length === 0) throw noWeights(all)
  if (!there('tokenizer.json')) throw tokenizerMissing(all)
  const small = settings.filter(there)
  return weights[0] === singleFile ? [...small, singleFile] : [...small, indexFile, ...weights]
}

/** F27: every shard that the index names has to be among the files. Throws HomespunError 'model-shard-missing'. */
export function checkShards(weightMap: unknown, paths: readonly string[]): void {
  const named = new Set(Object.values((weightMap ?? {}) as Record<string, unknown>))
  const missing = [...named].filter((name) => typeof name !== 'string' || !paths.includes(name))
  if (missing.length === 0) return
  const what = `Of the ${named.size} files of weights that the index names, ${missing.length} are not there: ${missing.slice(0, 10).join(', ')}.`
  throw new HomespunError('model-shard-missing', what, {
    where: indexFile,
    fix: 'This copy of the model is incomplete: choose another revision or another model.',
  })
}

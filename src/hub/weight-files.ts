/** Finds the weights of a model folder, in one file or in shards with an index, and locates every tensor in them. */
import { HomespunError } from '../errors.ts'
import type { ByteSource, TensorLocation } from './types.ts'
import { isJsonObject, readJsonObject } from './json-file.ts'
import { shownName } from './safetensors/header-json.ts'
import { readSafetensorsHeader } from './safetensors/read-header.ts'

export const singleFile = 'model.safetensors'
export const indexFile = 'model.safetensors.index.json'
/** How many names an error lists before it only counts. */
const listed = 10

export interface LocatedWeights {
  tensors: ReadonlyMap<string, TensorLocation>
  /** Headers as they stand in the files, sorted by file name. */
  headers: Uint8Array<ArrayBuffer>[]
  /** Bytes of all tensors. */
  weightBytes: number
}

/**
 * Reads the headers of `model.safetensors`, or of the shards that `model.safetensors.index.json` names.
 * Throws 'model-weights-missing', 'model-weights-format', 'model-shard-missing', 'model-index-mismatch', 'safetensors-…'.
 */
export async function locateWeights(files: ReadonlyMap<string, ByteSource>): Promise<LocatedWeights> {
  const single = files.get(singleFile)
  if (single) return readShards([single])
  const index = files.get(indexFile)
  if (!index) throw noWeights([...files.keys()])
  const weightMap = await readWeightMap(index)
  const names = [...new Set(weightMap.values())].sort()
  const missing = names.filter((name) => !files.has(name))
  if (missing.length > 0) {
    const what = `Of the ${names.length} files of weights that the index names, ${missing.length} are not there: ${list(missing)}.`
    const fix = 'Add the missing files to the folder and pick it again.'
    throw new HomespunError('model-shard-missing', what, { where: indexFile, fix })
  }
  const weights = await readShards(names.map((name) => files.get(name)!))
  checkAgainstIndex(weights.tensors, weightMap, files)
  return weights
}

async function readShards(shards: readonly ByteSource[]): Promise<LocatedWeights> {
  const tensors = new Map<string, TensorLocation>()
  const headers: Uint8Array<ArrayBuffer>[] = []
  let weightBytes = 0
  for (const shard of shards) {
    const header = await readSafetensorsHeader(shard)
    headers.push(header.headerBytes)
    for (const tensor of header.tensors) {
      const other = tensors.get(tensor.name)
      if (other) {
        const what = `The tensor "${shownName(tensor.name)}" is in two files of weights, so it is unclear which is meant.`
        throw new HomespunError('model-index-mismatch', what, { where: `${other.source.name} and ${shard.name}`, fix: allAgain })
      }
      tensors.set(tensor.name, tensor)
      weightBytes += tensor.end - tensor.begin
    }
  }
  if (tensors.size === 0) {
    throw new HomespunError('model-weights-missing', 'The file of weights holds no tensor.', {
      where: shards[0]?.name ?? indexFile,
    })
  }
  return { tensors, headers, weightBytes }
}

const allAgain = 'The files do not belong together: download all of them again from one place.'

/** Tensor name to file name. */
async function readWeightMap(index: ByteSource): Promise<ReadonlyMap<string, string>> {
  const { weight_map: weightMap } = await readJsonObject(index)
  const entries = isJsonObject(weightMap) ? Object.entries(weightMap) : []
  if (entries.length === 0 || entries.some(([, file]) => typeof file !== 'string')) {
    const what = 'The index of the weights has no "weight_map" from tensor names to file names.'
    throw new HomespunError('model-index-mismatch', what, { where: indexFile, fix: allAgain })
  }
  return new Map(entries as [string, string][])
}

/** Every tensor must be in the file that the index gives for it, and the files must hold no other. */
function checkAgainstIndex(
  tensors: ReadonlyMap<string, TensorLocation>,
  weightMap: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, ByteSource>,
): void {
  const misplaced = [...weightMap].filter(([name, file]) => tensors.get(name)?.source !== files.get(file))
  const absent = misplaced.map(([name, file]) => `${name} in ${file}`)
  const unknown = [...tensors.keys()].filter((name) => !weightMap.has(name))
  if (absent.length === 0 && unknown.length === 0) return
  const parts = [
    absent.length > 0 ? `${absent.length} tensors are not where the index says: ${list(absent)}.` : '',
    unknown.length > 0 ? `${unknown.length} tensors are in the files but not in the index: ${list(unknown)}.` : '',
  ]
  const what = `The index and the files of weights disagree. ${parts.filter(Boolean).join(' ')}`
  throw new HomespunError('model-index-mismatch', what, { where: indexFile, fix: allAgain })
}

const bring =
  'Bring the same model as safetensors: on its page on the Hugging Face hub these are model.safetensors ' +
  '(or model-00001-of-… with model.safetensors.index.json), beside config.json and tokenizer.json.'

/** What people have instead, by the ending of the file. */
const otherFormats: readonly [RegExp, string][] = [
  [/\.gguf$/i, 'These weights are GGUF, as llama.cpp and Ollama use them: packed for running, not for training.'],
  [
    /\.(bin|pt|pth|ckpt)$/i,
    'These weights are PyTorch files. Opening such a file can run any program hidden in it, so they are not read.',
  ],
  [/\.onnx(_data)?$/i, 'These weights are ONNX: a model packed for running, not for training.'],
  [/\.(h5|msgpack|npz|ot)$/i, 'These weights are saved for TensorFlow, Flax or another framework.'],
]

/** The error that says what was found in the place of readable weights. */
export function noWeights(names: readonly string[]): HomespunError {
  if (names.includes('adapter_config.json')) {
    const what = 'This folder holds a LoRA adapter, not a whole model.'
    return new HomespunError('model-is-adapter', what, {
      fix: 'Open its base model first, then import the adapter on the shelf.',
    })
  }
  const safetensors = names.filter((name) => name.endsWith('.safetensors'))
  if (safetensors.length > 0) {
    const what = `There are weights (${list(safetensors)}), but no ${singleFile} and no index that says how they belong together.`
    return new HomespunError('model-shard-missing', what, { fix: `Add ${indexFile}, or rename a single file to ${singleFile}.` })
  }
  for (const [ending, what] of otherFormats) {
    const found = names.filter((name) => ending.test(name))
    if (found.length > 0) return new HomespunError('model-weights-format', what, { where: list(found), fix: bring })
  }
  return new HomespunError('model-weights-missing', 'There are no weights in this folder.', { fix: bring })
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, listed).map(shownName).join(', ')
  return names.length > listed ? `${shown} and ${names.length - listed} more` : shown
}

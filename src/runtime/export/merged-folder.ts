/** A model with its adapter merged, as the folder that its base is: settings, tokenizer, and one file of weights. */
import { mergeLora } from '../../adapters/merge.ts'
import type { LoraAdapter, LoraPair } from '../../adapters/types.ts'
import type { ModelFile } from '../../engine/onnx/export/model-files.ts'
import { readTensorAsFloat32, streamTensor } from '../../hub/safetensors/read-tensor.ts'
import { beginSafetensors } from '../../hub/safetensors/write.ts'
import type { ModelFolder, TensorLocation } from '../../hub/types.ts'
import { modelFromConfig } from '../../models/index.ts'
import { locateFloats } from '../locate-tensors.ts'
import { jsonFile } from './json-files.ts'
import { mannerFiles, type Manner } from './manner.ts'
import { moduleOf, placedPairs, type PlacedPairs } from './placed-pairs.ts'
import { storeFloats } from './store-floats.ts'

export const MERGED_WEIGHTS = 'model.safetensors'

/**
 * The files of the folder; weights are read, merged in float64 and stored in the base's own type as the file is. All shards
 * become one file, and every tensor of the base is in it under the name it has there.
 * Throws 'tensor-missing', 'tensor-shape', 'dtype-unsupported', 'adapter-mismatch', 'lora-targets', and in reading
 * 'file-unreadable', 'export-half-overflow'.
 */
export function mergedFolder(folder: ModelFolder, adapter: LoraAdapter, manner: Manner): ModelFile[] {
  return [
    jsonFile('config.json', new TextEncoder().encode(folder.configText)),
    ...mannerFiles(folder, manner),
    weightsFile(folder, adapter),
  ]
}

/** The pair that sits on each stored tensor, by the name it is stored under. */
export function pairsByTensor(folder: ModelFolder, adapter: LoraAdapter): PlacedPairs {
  const model = modelFromConfig(folder.config, undefined, folder.tensors)
  const placed = placedPairs(model, adapter)
  const pairs = new Map<string, LoraPair>()
  for (const [name, tensor] of locateFloats(model, folder)) {
    const pair = placed.pairs.get(moduleOf(name))
    if (pair && name.endsWith('.weight')) pairs.set(tensor.name, pair)
  }
  return { ...placed, pairs }
}

function weightsFile(folder: ModelFolder, adapter: LoraAdapter): ModelFile {
  const placed = pairsByTensor(folder, adapter)
  const { begin, ordered, bytes } = beginSafetensors<TensorLocation>([...folder.tensors.values()], { format: 'pt' })
  return {
    name: MERGED_WEIGHTS,
    bytes,
    async *read() {
      yield begin
      for (const tensor of ordered) {
        const pair = placed.pairs.get(tensor.name)
        if (!pair) {
          yield* streamTensor(tensor)
          continue
        }
        const merged = mergeLora(await readTensorAsFloat32(tensor), pair, placed.scale)
        yield storeFloats(merged, tensor.dtype, tensor.name)
      }
    },
  }
}

/** A model, with an adapter or without, as the folder that transformers.js reads: settings, tokenizer, and the ONNX files. */
import { encodeJson } from '../../adapters/json.ts'
import { mergeLora } from '../../adapters/merge.ts'
import type { LoraAdapter } from '../../adapters/types.ts'
import { modelFiles, MOST_FILE_BYTES, type ModelFile, type ReadWeight } from '../../engine/onnx/export/model-files.ts'
import { HomespunError } from '../../errors.ts'
import { readTensorAsFloat32 } from '../../hub/safetensors/read-tensor.ts'
import type { ModelFolder } from '../../hub/types.ts'
import { modelFromConfig } from '../../models/index.ts'
import type { LanguageModel } from '../../models/types.ts'
import { adapterWeights, loraOf } from '../adapter-variables.ts'
import { locateTensors } from '../locate-tensors.ts'
import { decoderModel, type LoraSource } from './decoder-model.ts'
import { jsonFile } from './json-files.ts'
import { mannerFiles, type Manner } from './manner.ts'
import { moduleOf, placedPairs, type PlacedPairs } from './placed-pairs.ts'

export interface OnnxExportSettings {
  dtype: 'fp32' | 'fp16'
  /** 'separate': A and B stay matrices of their own, which ONNX Runtime outside browsers lets a run replace. */
  adapter: 'merged' | 'separate'
  /** No file of weights becomes larger. */
  mostFileBytes?: number
}

/** A file of the folder; `name` may have folders before it. */
export type ExportedFile = ModelFile

/** The place of the ONNX files among the folder's. */
export const MODEL_FOLDER = 'onnx/'

/**
 * The files of the folder. Weights are read as the files are. Throws 'export-encoder', 'tensor-missing', 'tensor-shape', 'adapter-mismatch',
 * 'lora-targets', and in reading 'file-unreadable', 'dtype-not-float', 'export-half-overflow'.
 */
export function onnxFolder(
  folder: ModelFolder,
  adapter: LoraAdapter | undefined,
  manner: Manner,
  settings: OnnxExportSettings,
): ExportedFile[] {
  const { dtype, mostFileBytes = MOST_FILE_BYTES } = settings
  // Positions past the table could not be looked up, so it has all that the model knows.
  const model = modelFromConfig(folder.config, Number.MAX_SAFE_INTEGER, folder.tensors)
  if (model.encoder) {
    throw new HomespunError('export-encoder', 'Homespun does not write models with an encoder as ONNX yet.', {
      where: model.family, fix: 'Export the adapter as itself: PEFT reads it, and can merge it.',
    })
  }
  const placed = adapter && placeAdapter(model, adapter)
  const separate = settings.adapter === 'separate' ? placed : undefined
  const merged = settings.adapter === 'merged' ? placed : undefined
  const exported = decoderModel(model, dtype === 'fp16' ? 'f16' : 'f32', separate?.lora)
  const name = `model${dtype === 'fp16' ? '_fp16' : ''}.onnx`
  const files = modelFiles(exported, name, weightReader(model, folder, merged, separate), mostFileBytes)
  return [
    configFile(folder, dtype, name, files.length - 1),
    ...mannerFiles(folder, manner),
    ...files.map((file) => ({ ...file, name: `${MODEL_FOLDER}${file.name}` })),
  ]
}

interface PlacedAdapter extends PlacedPairs {
  lora: LoraSource
}

function placeAdapter(model: LanguageModel, adapter: LoraAdapter): PlacedAdapter {
  const placed = placedPairs(model, adapter)
  return { ...placed, lora: (graph) => loraOf(adapterWeights(graph, placed.layout), { alpha: placed.scale }) }
}

/** `merged` goes into the weights it sits on; A and B of `separate` are weights themselves. */
function weightReader(
  model: LanguageModel,
  folder: ModelFolder,
  merged: PlacedAdapter | undefined,
  separate: PlacedAdapter | undefined,
): ReadWeight {
  const located = locateTensors(model, folder)
  const given = new Map<string, Float32Array>()
  for (const { module, a, b } of separate?.pairs.values() ?? []) given.set(`${module}.lora_A`, a).set(`${module}.lora_B`, b)
  let constants: ReturnType<LanguageModel['constants']> | undefined
  return async (name) => {
    const tensor = located.get(name)
    if (!tensor) return given.get(name) ?? (constants ??= model.constants()).get(name)!.data
    const weight = await readTensorAsFloat32(tensor)
    const pair = merged?.pairs.get(moduleOf(name))
    return merged && pair ? mergeLora(weight, pair, merged.scale) : weight
  }
}

/** `dataFiles` is the number of files beside the model's. */
function configFile({ config }: ModelFolder, dtype: string, modelName: string, dataFiles: number): ExportedFile {
  const known = config['transformers.js_config']
  const forTransformers = {
    ...(typeof known === 'object' ? known : {}),
    // Otherwise it looks for an eight-bit file where there is no GPU.
    dtype,
    ...(dtype === 'fp16' ? { kv_cache_dtype: { fp16: 'float16' } } : {}),
    ...(dataFiles > 0 ? { use_external_data_format: { [modelName]: dataFiles } } : {}),
  }
  return jsonFile('config.json', encodeJson({ ...config, 'transformers.js_config': forTransformers }))
}

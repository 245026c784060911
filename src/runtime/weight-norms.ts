/** How large the weights of a base are, so that what an adapter changes can be told as a share. */
import { decodeToFloat32 } from '../hub/safetensors/decode.ts'
import { streamTensor } from '../hub/safetensors/read-tensor.ts'
import type { ModelFolder } from '../hub/types.ts'
import { modelFromConfig } from '../models/index.ts'
import { locateFloats } from './locate-tensors.ts'

/** ‖W‖, the Frobenius norm in float64, of each linear module's weight, read from the checkpoint. Throws 'file-unreadable'. */
export async function weightNorms(folder: Pick<ModelFolder, 'config' | 'tensors'>, modules: readonly string[]): Promise<Map<string, number>> {
  const located = locateFloats(modelFromConfig(folder.config), folder)
  const norms = new Map<string, number>()
  for (const module of modules) {
    const tensor = located.get(`${module}.weight`)
    if (!tensor) continue
    let sum = 0
    for await (const chunk of streamTensor(tensor)) for (const value of decodeToFloat32(chunk, tensor.dtype)) sum += value * value
    norms.set(module, Math.sqrt(sum))
  }
  return norms
}

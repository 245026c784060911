/** Where in a checkpoint the tensors of a model lie. */
import { HomespunError } from '../errors.ts'
import type { ModelFolder, TensorLocation } from '../hub/types.ts'
import type { LanguageModel } from '../models/types.ts'

/** The checkpoint's tensor for each one the model needs. Throws 'tensor-missing', 'tensor-shape', listing all of them at once. */
export function locateTensors(model: LanguageModel, folder: Pick<ModelFolder, 'tensors'>): Map<string, TensorLocation> {
  const located = new Map<string, TensorLocation>()
  const missing: string[] = []
  const misshaped: string[] = []
  for (const { name, shape } of model.tensors) {
    const tensor = folder.tensors.get(name) ?? folder.tensors.get(name.replace(/^model\./, ''))
    if (!tensor) missing.push(name)
    else if (tensor.shape.join() !== shape.join()) misshaped.push(`${name} is [${tensor.shape.join(', ')}], config.json says [${shape.join(', ')}]`)
    else located.set(name, tensor)
  }
  if (missing.length) throw new HomespunError('tensor-missing', 'The weights lack tensors that the model needs.', { where: missing.join(', '), fix: 'Bring every .safetensors file of the model.' })
  if (misshaped.length) throw new HomespunError('tensor-shape', 'The weights do not fit config.json.', { where: misshaped.join('; '), fix: 'Bring config and weights of the same model.' })
  return located
}

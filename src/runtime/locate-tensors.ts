/** Where in a checkpoint the tensors of a model lie. */
import { HomespunError } from '../errors.ts'
import type { ModelFolder, TensorLocation } from '../hub/types.ts'
import type { LanguageModel } from '../models/types.ts'

/**
 * The checkpoint's tensor for each one the model needs. A base model saved without its head lacks the first part of every name
 * ("model.", "transformer."). Throws 'tensor-missing', 'tensor-shape', listing all of them at once.
 */
export function locateTensors(model: LanguageModel, folder: Pick<ModelFolder, 'tensors'>): Map<string, TensorLocation> {
  const located = new Map<string, TensorLocation>()
  const missing: string[] = []
  const misshaped: string[] = []
  for (const { name, shape, aliases = [] } of model.tensors) {
    const known = [name, name.replace(/^\w+\./, ''), ...aliases].find((one) => folder.tensors.has(one))
    const tensor = known === undefined ? undefined : folder.tensors.get(known)
    if (!tensor) missing.push(name)
    else if (tensor.shape.join() !== shape.join()) misshaped.push(`${name} is [${tensor.shape.join(', ')}], config.json says [${shape.join(', ')}]`)
    else located.set(name, tensor)
  }
  if (missing.length) throw new HomespunError('tensor-missing', 'The weights lack tensors that the model needs.', { where: missing.join(', '), fix: 'Bring every .safetensors file of the model.' })
  if (misshaped.length) throw new HomespunError('tensor-shape', 'The weights do not fit config.json.', { where: misshaped.join('; '), fix: 'Bring config and weights of the same model.' })
  return located
}

const READABLE = new Set(['F32', 'BF16', 'F16'])

/** The same, for engines that widen every weight to f32. Throws 'dtype-unsupported' too. */
export function locateFloats(model: LanguageModel, folder: Pick<ModelFolder, 'tensors'>): Map<string, TensorLocation> {
  const located = locateTensors(model, folder)
  for (const { name, dtype } of located.values()) {
    if (READABLE.has(dtype)) continue
    throw new HomespunError('dtype-unsupported', `A weight is stored as ${dtype}, which Homespun does not read.`, {
      where: name, fix: 'Bring the model in F32, BF16 or F16.',
    })
  }
  return located
}

/** Bytes of a model's weights in f32, whatever the checkpoint has. */
export const widenedBytes = ({ tensors }: LanguageModel) =>
  4 * tensors.reduce((total, { shape }) => total + shape.reduce((product, size) => product * size, 1), 0)

/** Reads a merged model back, as whoever opens it will, and compares it with base and adapter. */
import type { LoraAdapter, LoraPair } from '../../adapters/types.ts'
import { HomespunError } from '../../errors.ts'
import { openModelFolder, type FolderFile } from '../../hub/model-folder.ts'
import { readTensorAsFloat32, streamTensor } from '../../hub/safetensors/read-tensor.ts'
import type { ModelFolder, SafetensorsDtype, TensorLocation } from '../../hub/types.ts'
import { pairsByTensor } from './merged-folder.ts'

/** Half the distance between neighbouring numbers: as a share of a number, and at the least. */
const ROUNDING: Partial<Record<SafetensorsDtype, readonly [share: number, least: number]>> = {
  F32: [2 ** -24, 2 ** -149],
  BF16: [2 ** -8, 2 ** -133],
  F16: [2 ** -11, 2 ** -25],
}
/** Numbers looked at in each merged weight, spread over it. */
const SAMPLES = 4096
/** A prime that shares no factor with the sizes weights have: its multiples visit rows and columns alike. */
const STRIDE = 2_654_435_761

/**
 * Every tensor that carries no adapter must be the base's, byte by byte; in each that does, numbers spread over it must be
 * W + scale · B·A, rounded once. `written` are the folder's files. Gives how many tensors carry what was learnt.
 * Throws 'export-differs' with the tensor's name, and what opening a model's folder throws.
 */
export async function checkMerged(base: ModelFolder, adapter: LoraAdapter, written: readonly FolderFile[]): Promise<number> {
  const merged = await openModelFolder(written, base.name)
  const { pairs, scale } = pairsByTensor(base, adapter)
  if (merged.tensors.size !== base.tensors.size) throw differs('the number of tensors')
  for (const own of base.tensors.values()) {
    const other = merged.tensors.get(own.name)
    if (!other || other.dtype !== own.dtype || other.shape.join() !== own.shape.join()) throw differs(own.name)
    const pair = pairs.get(own.name)
    const same = pair ? await isMerged(own, other, pair, scale) : await isCopy(own, other)
    if (!same) throw differs(own.name)
  }
  return pairs.size
}

async function isCopy(own: TensorLocation, other: TensorLocation): Promise<boolean> {
  const copies = streamTensor(other)
  for await (const piece of streamTensor(own)) {
    const { value: copy } = await copies.next()
    if (!copy || piece.some((byte, i) => byte !== copy[i])) return false
  }
  return true
}

async function isMerged(own: TensorLocation, other: TensorLocation, pair: LoraPair, scale: number): Promise<boolean> {
  const [weight, merged] = [await readTensorAsFloat32(own), await readTensorAsFloat32(other)]
  const [share, least] = ROUNDING[own.dtype]!
  const columns = own.shape[1]!
  const { a, b, inFeatures, fanInFanOut } = pair
  const rank = a.length / inFeatures
  for (let sample = 0; sample < SAMPLES; sample++) {
    const at = (sample * STRIDE) % weight.length
    const [row, column] = [Math.floor(at / columns), at % columns]
    const [output, input] = fanInFanOut ? [column, row] : [row, column]
    let wanted = 0
    for (let r = 0; r < rank; r++) wanted += b[output * rank + r]! * a[r * inFeatures + input]!
    wanted = weight[at]! + scale * wanted
    // A little more than once: float64 was rounded to f32 on its way.
    if (!(Math.abs(merged[at]! - wanted) <= 1.001 * share * Math.abs(wanted) + least)) return false
  }
  return true
}

const differs = (where: string) =>
  new HomespunError(
    'export-differs',
    'The merged model that was written is not the base with this adapter, so it was not kept.',
    {
      where,
      fix: 'Try again; this should not happen, and is worth a report.',
    },
  )

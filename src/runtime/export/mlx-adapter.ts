/** An adapter as mlx-lm reads it (mlx_lm/tuner/utils.py, load_adapters): its configuration, and A and B the other way round. */
import { encodeJson } from '../../adapters/json.ts'
import { readTensors, writeTensors } from '../../adapters/tensors.ts'
import type { FolderFile, LoraAdapter, LoraPair } from '../../adapters/types.ts'
import { HomespunError } from '../../errors.ts'
import type { ModelFolder } from '../../hub/types.ts'
import { modelFromConfig } from '../../models/index.ts'
import { placedPairs } from './placed-pairs.ts'

/** How a family's blocks are called in mlx-lm, where that is not as in the checkpoint. */
const BLOCKS: Readonly<Record<string, readonly [ours: RegExp, theirs: string]>> = {
  gpt2: [/^transformer[.]h[.]/, 'model.h.'],
  gpt_neox: [/^gpt_neox[.]layers[.]/, 'model.h.'],
}
const [CONFIG, WEIGHTS] = ['adapter_config.json', 'adapters.safetensors']

/**
 * The folder's files, read back and compared. `scale` is what A·B is multiplied by: alpha / rank, or alpha / √rank for rsLoRA.
 * Throws 'export-mlx-family', 'adapter-mismatch', 'lora-targets', 'export-differs'.
 */
export async function mlxAdapter(
  base: Pick<ModelFolder, 'name' | 'config' | 'tensors'>,
  adapter: LoraAdapter,
): Promise<FolderFile[]> {
  const model = modelFromConfig(base.config, undefined, base.tensors)
  if (model.encoder) {
    throw new HomespunError('export-mlx-family', 'Adapters for models of this family are not written for mlx-lm.', {
      where: model.family,
      fix: 'Export the adapter as itself, or the merged model.',
    })
  }
  const { rank, dropout } = adapter.config
  const { scale, pairs } = placedPairs(model, adapter)
  const named = Array.from(pairs.values(), (pair) => ({ ...pair, name: nameOf(pair.module, model.family) }))
  const weights = writeTensors(
    named.flatMap(({ name, inFeatures, outFeatures, a, b }) => [
      { name: `${name}.lora_a`, shape: [inFeatures, rank], data: turned(a, rank, inFeatures) },
      { name: `${name}.lora_b`, shape: [rank, outFeatures], data: turned(b, outFeatures, rank) },
    ]),
    { format: 'mlx' },
  )
  await checkWeights(weights, named, rank)
  return [
    {
      path: CONFIG,
      bytes: encodeJson({
        model: base.name,
        fine_tune_type: 'lora',
        num_layers: model.layers,
        // Names within a block: mlx-lm puts LoRA on these in each of the last `num_layers`.
        lora_parameters: { rank, scale, dropout, keys: [...new Set(named.map(({ name }) => name.replace(/^.*?[.]\d+[.]/, '')))] },
      }),
    },
    { path: WEIGHTS, bytes: weights },
  ]
}

function nameOf(module: string, family: string): string {
  const [ours, theirs] = BLOCKS[family] ?? [/^/, '']
  return module.replace(ours, theirs)
}

/** [rows, columns] → [columns, rows]. */
function turned(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!)
}

async function checkWeights(
  bytes: Uint8Array<ArrayBuffer>,
  pairs: readonly (LoraPair & { name: string })[],
  rank: number,
): Promise<void> {
  const tensors = await readTensors(bytes, WEIGHTS)
  const same = ({ name, a, b, inFeatures, outFeatures }: (typeof pairs)[number]) => {
    const [theirA, theirB] = [tensors.get(`${name}.lora_a`), tensors.get(`${name}.lora_b`)]
    return (
      a.every((value, i) => theirA?.[(i % inFeatures) * rank + Math.floor(i / inFeatures)] === value) &&
      b.every((value, i) => theirB?.[(i % rank) * outFeatures + Math.floor(i / rank)] === value)
    )
  }
  const wrong = pairs.find((pair) => !same(pair))
  if (tensors.size === 2 * pairs.length && !wrong) return
  throw new HomespunError(
    'export-differs',
    'The file that was written for mlx-lm does not hold this adapter, so it was not kept.',
    {
      where: wrong?.name ?? WEIGHTS,
      fix: 'Try again; this should not happen, and is worth a report.',
    },
  )
}

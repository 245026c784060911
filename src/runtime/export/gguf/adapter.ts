/** An adapter as llama.cpp (and Ollama, LM Studio) reads it: GGUF with the LoRA matrices under the names of its own tensors. */
import { loraScale } from '../../../adapters/scale.ts'
import type { LoraAdapter, LoraPair } from '../../../adapters/types.ts'
import { HomespunError } from '../../../errors.ts'
import { decodeToFloat32 } from '../../../hub/safetensors/decode.ts'
import type { ModelFolder } from '../../../hub/types.ts'
import { modelFromConfig } from '../../../models/index.ts'
import { placedPairs } from '../placed-pairs.ts'
import { storeFloats } from '../store-floats.ts'
import { architectureOf, type Architecture } from './architectures.ts'
import { readGguf } from './read.ts'
import { writeGguf, type GgufTensor, type GgufValue } from './write.ts'

type Base = Pick<ModelFolder, 'name' | 'config' | 'tensors'>
export type GgufPrecision = GgufTensor['type']

/**
 * The file, as llama.cpp's convert_lora_to_gguf.py lays it out, read back and compared. llama.cpp scales by alpha / rank, so for
 * rsLoRA alpha is multiplied by √rank. A and B of GPT-2 stay as PEFT has them: that is A [rank, in] and B [out, rank] whichever
 * way the base's weight lies, and what llama.cpp wants.
 * Throws 'export-gguf-family', 'adapter-mismatch', 'lora-targets', 'export-half-overflow', 'export-differs'.
 */
export function ggufAdapter(base: Base, adapter: LoraAdapter, name: string, precision: GgufPrecision): Blob {
  const architecture = architectureOf(base.config)
  const placed = [...placedPairs(modelFromConfig(base.config, undefined, base.tensors), adapter).pairs.values()]
  const { rank } = adapter.config
  const values: GgufValue[] = [
    { key: 'general.architecture', type: 'string', value: architecture.name },
    { key: 'general.type', type: 'string', value: 'adapter' },
    { key: 'general.name', type: 'string', value: name },
    { key: 'general.base_model.count', type: 'uint32', value: 1 },
    { key: 'general.base_model.0.name', type: 'string', value: base.name },
    { key: 'adapter.type', type: 'string', value: 'lora' },
    { key: 'adapter.lora.alpha', type: 'float32', value: loraScale(adapter.config) * rank },
  ]
  const tensors = placed.flatMap((pair): GgufTensor[] => {
    const { tensor, order } = placeOf(pair, architecture)
    const made = (side: 'a' | 'b', shape: number[], numbers: Float32Array<ArrayBuffer>): GgufTensor => ({
      name: `${tensor}.lora_${side}`,
      shape,
      type: precision,
      bytes: storeFloats(numbers, precision === 'f16' ? 'F16' : 'F32', `${pair.module}, ${side.toUpperCase()}`),
    })
    return [
      made('a', [rank, pair.inFeatures], Float32Array.from(pair.a)),
      made('b', [pair.outFeatures, rank], reordered(pair.b, rank, order)),
    ]
  })
  const pieces = writeGguf(values, tensors)
  checkGguf(concat(pieces), values, placed, architecture, rank)
  return new Blob(pieces)
}

/** "model.layers.3.self_attn.q_proj" → "blk.3.attn_q.weight", and the order of its output's rows there. */
function placeOf({ module, outFeatures }: LoraPair, { layers, rows }: Architecture) {
  const [, block, layer] = /[.](\d+)[.](.+)$/.exec(module)!
  const order = rows[layer!]?.(outFeatures) ?? ((row: number) => row)
  return { tensor: `blk.${block}.${layers[layer!]}.weight`, order }
}

function reordered(b: Float32Array, rank: number, order: (row: number) => number): Float32Array<ArrayBuffer> {
  return Float32Array.from(b, (_, i) => b[order(Math.floor(i / rank)) * rank + (i % rank)]!)
}

/** F16 rounds a number by at most 2⁻¹¹ of it, and those near zero by 2⁻²⁵. */
const isNear = (stored: number, wanted: number) => Math.abs(stored - wanted) <= 2 ** -11 * Math.abs(wanted) + 2 ** -25

/** Every value and number of the file, found by name, is the adapter's. */
function checkGguf(
  file: Uint8Array<ArrayBuffer>,
  values: readonly GgufValue[],
  pairs: readonly LoraPair[],
  architecture: Architecture,
  rank: number,
): void {
  const read = readGguf(file)
  for (const { key, value } of values) {
    const found = read.values.get(key)
    if (typeof value === 'number' ? found !== Math.fround(value) : found !== value) throw differs(key)
  }
  if (read.tensors.size !== 2 * pairs.length) throw differs('the number of tensors')
  for (const pair of pairs) {
    const { tensor, order } = placeOf(pair, architecture)
    const [a, b] = [numbersOf(read, `${tensor}.lora_a`), numbersOf(read, `${tensor}.lora_b`)]
    const same =
      a.length === pair.a.length &&
      b.length === pair.b.length &&
      a.every((value, i) => isNear(value, pair.a[i]!)) &&
      b.every((value, i) => isNear(value, pair.b[order(Math.floor(i / rank)) * rank + (i % rank)]!))
    if (!same) throw differs(tensor)
  }
}

function numbersOf({ tensors }: ReturnType<typeof readGguf>, name: string): Float32Array {
  const tensor = tensors.get(name)
  if (!tensor) throw differs(name)
  return decodeToFloat32(tensor.bytes, tensor.type === 'f16' ? 'F16' : 'F32')
}

const differs = (where: string) =>
  new HomespunError('export-differs', 'The GGUF file that was written does not hold this adapter, so it was not kept.', {
    where,
    fix: 'Try again; this should not happen, and is worth a report.',
  })

function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

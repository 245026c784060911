/** Numbers to the bytes of a weight as devices keep them. Numbers must be exact in the storage. */
import type { WeightStorage } from '../../src/engine/graph.ts'
import { isQuantised, weightStorage } from '../../src/engine/kernel.ts'
import { QuantisedContents, type StoredTensor } from '../../src/engine/onnx/stored-tensor.ts'
import { quantiseRows } from '../../src/engine/quantised/rows.ts'

/** Bits of a normal half-precision number, or of zero. */
function halfBits(value: number): number {
  if (value === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | ((Math.abs(value) / 2 ** exponent - 1) * 1024)
}

const upperHalf = (value: number) => new Uint32Array(new Float32Array([value]).buffer)[0]! >>> 16

/** Padded to whole words, as weights are written; `columns` is the length of a row. */
export function encodeWeight(values: ArrayLike<number>, storage: WeightStorage, columns: number): Uint8Array<ArrayBuffer> {
  if (isQuantised(storage)) return new Uint8Array(quantiseRows(Float32Array.from(values), columns, storage).buffer)
  if (storage === 'f32') return new Uint8Array(Float32Array.from(values).buffer)
  const halves = new Uint16Array(Math.ceil(values.length / 2) * 2)
  halves.set(Array.from(values, storage === 'bf16' ? upperHalf : halfBits))
  return new Uint8Array(halves.buffer)
}

/** The same for a tensor of an ONNX model. */
export function encodeTensor({ weight, part }: StoredTensor, feeds: Readonly<Record<string, ArrayLike<number>>>): ArrayBufferView {
  const values = Float32Array.from(feeds[weight.name]!)
  const storage = weightStorage(weight)
  if (!isQuantised(storage)) return values
  const contents = new QuantisedContents(weight, storage)
  contents.add(quantiseRows(values, weight.shape[1]!, storage))
  return part === 'codes' ? contents.codes : contents.lines
}

/** Frozen weights as tensors of an ONNX model whose numbers lie in files of their own: one of f32, or two where it is quantised. */
import { elementCount, type Value } from '../graph.ts'
import { isQuantised, weightStorage } from '../kernel.ts'
import { GROUP, rowWords, scaleWords, type QuantisedStorage } from '../quantised/rows.ts'
import { TensorProto_DataType } from './proto/onnx_pb.js'

/** 'values': f32. 'codes' and 'lines' (scales, and with int4 minima): see `quantised.ts`. */
export type WeightPart = 'values' | 'codes' | 'lines'

export interface StoredTensor {
  /** Also of its file. */
  readonly name: string
  readonly weight: Value
  readonly part: WeightPart
  readonly type: TensorProto_DataType
  readonly dims: readonly number[]
  readonly bytes: number
}

/** A part of a weight [rows, columns], or the whole of an f32 one. */
export function storedTensor(weight: Value, part: WeightPart): StoredTensor {
  const { FLOAT, INT8, BFLOAT16 } = TensorProto_DataType
  const storage = weightStorage(weight)
  const [rows = 1, columns = 1] = weight.shape
  const groups = Math.ceil(columns / GROUP)
  const made = (type: TensorProto_DataType, size: number, dims: readonly number[]) =>
    ({ name: part === 'values' ? weight.name : `${weight.name}: ${part}`, weight, part, type, dims, bytes: size * elementCount(dims) })
  if (!isQuantised(storage)) return made(FLOAT, 4, weight.shape)
  if (part === 'codes') return storage === 'int8' ? made(INT8, 1, [rows, columns]) : made(INT8, 1, [groups, GROUP / 2, rows])
  return storage === 'int8' ? made(FLOAT, 4, [rows]) : made(BFLOAT16, 2, [2, groups, rows])
}

/** All tensors of a weight. */
export function storedTensors(weight: Value): StoredTensor[] {
  const parts: WeightPart[] = isQuantised(weightStorage(weight)) ? ['codes', 'lines'] : ['values']
  return parts.map((part) => storedTensor(weight, part))
}

/** Gathers the contents of a quantised weight's tensors from its rows, in order, as `quantiseRows` gives them. */
export class QuantisedContents {
  readonly codes: Uint8Array<ArrayBuffer>
  readonly lines: Uint8Array<ArrayBuffer>
  readonly #storage: QuantisedStorage
  readonly #rows: number
  readonly #columns: number
  #row = 0

  constructor(weight: Value, storage: QuantisedStorage) {
    const [codes, lines] = storedTensors(weight)
    this.codes = new Uint8Array(codes!.bytes)
    this.lines = new Uint8Array(lines!.bytes)
    this.#storage = storage
    ;[this.#rows, this.#columns] = weight.shape as [number, number]
  }

  add(words: Uint32Array): void {
    const stride = rowWords(this.#storage, this.#columns)
    for (let begin = 0; begin < words.length; begin += stride) {
      const row = words.subarray(begin, begin + stride)
      if (this.#storage === 'int8') this.#addInt8(row)
      else this.#addInt4(row)
      this.#row++
    }
  }

  #addInt8(words: Uint32Array): void {
    new Uint32Array(this.lines.buffer)[this.#row] = words[0]!
    this.codes.set(new Uint8Array(words.buffer, words.byteOffset + 4, this.#columns), this.#row * this.#columns)
  }

  #addInt4(words: Uint32Array): void {
    const groups = scaleWords('int4', this.#columns)
    const lines = new Uint16Array(this.lines.buffer)
    const codeOf = (column: number) => (column < this.#columns ? (words[groups + (column >> 3)]! >>> (4 * (column & 7))) & 15 : 0)
    for (let group = 0; group < groups; group++) {
      const at = group * this.#rows + this.#row
      lines[at] = words[group]! & 0xffff
      lines[groups * this.#rows + at] = words[group]! >>> 16
      for (let j = 0; j < GROUP / 2; j++) {
        const column = group * GROUP + j
        // Low half: an unsigned code. High half: a code less 8, so that the byte as a whole is signed.
        this.codes[(group * (GROUP / 2) + j) * this.#rows + this.#row] = codeOf(column) | ((codeOf(column + GROUP / 2) ^ 8) << 4)
      }
    }
  }
}

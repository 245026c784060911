/**
 * Quantised weights: matrices whose rows lie as 32-bit words, scales first, so that a piece of a weight is a range of rows.
 *
 * - int8: one f32 scale, then four signed bytes a word. w = scale · q, scale = max |w| / 127.
 * - int4: for each group of 32 columns a word with scale (lower half) and minimum (upper half) in bf16, then eight codes a
 *   word, the first in the lowest bits. w = minimum + scale · q, q from 0 to 15.
 *
 * The last word and the last group of a row may be shorter; the bits beyond the row are zero.
 */
import { encodeGroup, fitGroup, GROUP, toBf16 } from './fit-group.ts'

export { GROUP } from './fit-group.ts'

export type QuantisedStorage = 'int8' | 'int4'

/** Words of one row that come before its numbers. */
export const scaleWords = (storage: QuantisedStorage, columns: number) => (storage === 'int8' ? 1 : Math.ceil(columns / GROUP))

/** Words of one row. */
export const rowWords = (storage: QuantisedStorage, columns: number) =>
  scaleWords(storage, columns) + Math.ceil(columns / (storage === 'int8' ? 4 : 8))

/** Whole rows of `columns` numbers to words, a fresh array. */
export function quantiseRows(values: Float32Array, columns: number, storage: QuantisedStorage): Uint32Array<ArrayBuffer> {
  const stride = rowWords(storage, columns)
  const rows = columns ? values.length / columns : 0
  const words = new Uint32Array(rows * stride)
  for (let row = 0; row < rows; row++) {
    if (storage === 'int8') int8Row(values, row * columns, columns, words, row * stride)
    else int4Row(values, row * columns, columns, words, row * stride)
  }
  return words
}

/** The numbers that words stand for, row by row, a fresh array. */
export function dequantiseRows(words: Uint32Array, columns: number, storage: QuantisedStorage): Float32Array<ArrayBuffer> {
  const stride = rowWords(storage, columns)
  const rows = columns ? words.length / stride : 0
  const values = new Float32Array(rows * columns)
  const read = storage === 'int8' ? readInt8Row : readInt4Row
  for (let row = 0; row < rows; row++) read(words.subarray(row * stride, (row + 1) * stride), values.subarray(row * columns, (row + 1) * columns))
  return values
}

const bits = new Uint32Array(1)
const float = new Float32Array(bits.buffer)

function int8Row(values: Float32Array, begin: number, columns: number, words: Uint32Array, at: number): void {
  let most = 0
  for (let i = begin; i < begin + columns; i++) {
    const size = Math.abs(values[i]!)
    if (!(size <= most)) most = size
  }
  float[0] = most / 127
  words[at] = bits[0]!
  const inverse = most > 0 ? 127 / most : 0
  const codes = new Int8Array(words.buffer, 4 * (at + 1), columns)
  for (let i = 0; i < columns; i++) codes[i] = Math.round(values[begin + i]! * inverse)
}

function readInt8Row(words: Uint32Array, values: Float32Array): void {
  bits[0] = words[0]!
  const scale = float[0]!
  for (let i = 0; i < values.length; i++) values[i] = scale * ((words[1 + (i >> 2)]! << (24 - 8 * (i & 3))) >> 24)
}

function int4Row(values: Float32Array, begin: number, columns: number, words: Uint32Array, at: number): void {
  const groups = Math.ceil(columns / GROUP)
  for (let group = 0; group < groups; group++) {
    const [from, to] = [begin + group * GROUP, begin + Math.min(columns, (group + 1) * GROUP)]
    const line = fitGroup(values, from, to)
    words[at + group] = (toBf16(line.minimum) << 16) | toBf16(line.scale)
    encodeGroup(values, from, to, line, words, at + groups + group * (GROUP / 8))
  }
}

function readInt4Row(words: Uint32Array, values: Float32Array): void {
  const groups = Math.ceil(values.length / GROUP)
  for (let i = 0; i < values.length; i++) {
    const pair = words[Math.floor(i / GROUP)]!
    bits[0] = pair << 16
    const scale = float[0]!
    bits[0] = pair & 0xffff0000
    values[i] = float[0]! + scale * ((words[groups + (i >> 3)]! >>> (4 * (i & 7))) & 15)
  }
}

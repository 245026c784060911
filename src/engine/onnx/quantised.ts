/**
 * Products with frozen weights, which may be quantised: these are made f32 where they are used, some rows at a time, so that
 * no more than a piece of one is ever there in f32. Standard operators alone. Rows are cut out once the
 * product's other operands are there; otherwise ONNX Runtime would make them all f32 beforehand, as the model is loaded or a run begins.
 *
 * int8 [rows, columns]: DequantizeLinear with a scale for each row. int4: codes are bytes [groups, 16, rows], the numbers of a
 * group one after another in the first dimensions, so that every operator works on whole runs of rows; column j of a group in
 * the low half of byte j, column j + 16 in the high half, less 8. Byte / 16 = high + low / 16, and Floor tells them apart.
 * DequantizeLinear has int4 of its own, thirty times slower on Wasm.
 */
import type { Value } from '../graph.ts'
import { isQuantised, weightStorage } from '../kernel.ts'
import { GROUP } from '../quantised/rows.ts'
import { cutAfter } from './after.ts'
import { ONNX_FLOAT } from './types.ts'
import type { OnnxWriter } from './writer.ts'

/** Most numbers that are made f32 at a time. */
const PIECE = 4 * 2 ** 20

export interface ProductFlags {
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly alpha: number
}

/** α·op(a)·op(b) (+ sum), where `sum` is of the product's shape or a row of it. */
export function product(a: string, b: Value, { transposeA, transposeB, alpha }: ProductFlags, sum: string | undefined, writer: OnnxWriter): string {
  const gemm = (left: string, right: string, transB: boolean, added: string | undefined) =>
    writer.op('Gemm', [left, right, ...(added === undefined ? [] : [added])], { transA: Number(transposeA), transB: Number(transB), alpha: { float: alpha } })
  if (!isQuantised(weightStorage(b))) return gemm(a, writer.of(b), transposeB, sum)
  const pieces = piecesOf(b)
  const piece = ({ begin, end }: Piece, ...after: (string | undefined)[]) =>
    dequantised(b, (part, axis) => cutAfter(part, axis, begin, end, after.filter((tensor) => tensor !== undefined), writer), writer)
  if (!transposeB) {
    return pieces.reduce<string | undefined>((total, { begin, end }) => {
      const { tensor, turned } = piece({ begin, end }, a, total)
      return gemm(pieces.length === 1 ? a : writer.slice(a, transposeA ? 0 : 1, begin, end), tensor, turned, total)
    }, sum)!
  }
  const parts = pieces.map((each) => {
    const { tensor, turned } = piece(each, a, sum)
    return gemm(a, tensor, !turned, pieces.length === 1 ? sum : undefined)
  })
  if (parts.length === 1) return parts[0]!
  const joined = writer.op('Concat', parts, { axis: 1 })
  return sum === undefined ? joined : writer.add(joined, sum)
}

/** Rows of a matrix by their numbers: [ids, columns]. */
export function rowsOf(matrix: Value, ids: string, writer: OnnxWriter): string {
  if (!isQuantised(weightStorage(matrix))) return writer.op('Gather', [writer.of(matrix), ids], { axis: 0 })
  if (weightStorage(matrix) === 'int8') {
    const codes = writer.op('Cast', [writer.op('Gather', [writer.part(matrix, 'codes'), ids], { axis: 0 })], { to: ONNX_FLOAT })
    return writer.mul(codes, writer.op('Unsqueeze', [writer.op('Gather', [writer.part(matrix, 'lines'), ids], { axis: 0 }), writer.longs(1)]))
  }
  return writer.transpose(dequantised(matrix, (part, axis) => writer.op('Gather', [part, ids], { axis }), writer).tensor, 1, 0)
}

/** The whole of a quantised matrix, for an op that knows nothing of pieces. */
export function wholeMatrix(matrix: Value, writer: OnnxWriter): string {
  const { tensor, turned } = dequantised(matrix, (part) => part, writer)
  return turned ? writer.transpose(tensor, 1, 0) : tensor
}

interface Piece {
  readonly begin: number
  readonly end: number
}

function piecesOf({ shape: [rows = 1, columns = 1] }: Value): Piece[] {
  const most = Math.max(1, Math.floor(PIECE / columns))
  const count = Math.ceil(rows / most)
  const size = Math.ceil(rows / count)
  return Array.from({ length: count }, (_, i) => ({ begin: i * size, end: Math.min(rows, (i + 1) * size) }))
}

/** The rows that `pick` takes of each stored tensor along an axis; `turned`: as columns. Never shared: each use makes them anew. */
function dequantised(weight: Value, pick: (part: string, axis: number) => string, writer: OnnxWriter): { tensor: string; turned: boolean } {
  const [codes, lines] = [writer.part(weight, 'codes'), writer.part(weight, 'lines')]
  if (weightStorage(weight) === 'int8') return { tensor: writer.op('DequantizeLinear', [pick(codes, 0), pick(lines, 0)], { axis: 0 }), turned: false }
  return { tensor: int4Columns(weight.shape[1]!, pick(codes, 2), pick(lines, 2), writer), turned: true }
}

/** codes [groups, 16, rows], lines bf16 [2, groups, rows] → [columns, rows]. */
function int4Columns(columns: number, codes: string, lines: string, writer: OnnxWriter): string {
  const groups = Math.ceil(columns / GROUP)
  const both = writer.op('DequantizeLinear', [codes, writer.float(1 / 16)])
  const high = writer.op('Floor', [both])
  const low = writer.sub(both, high)
  const wide = writer.op('Cast', [lines], { to: ONNX_FLOAT })
  const line = (which: number) => writer.reshape(writer.slice(wide, 0, which, which + 1), groups, 1, -1)
  const [scale, minimum] = [line(0), line(1)]
  const lower = writer.add(writer.mul(low, writer.mul(scale, writer.float(16))), minimum)
  const upper = writer.add(writer.mul(high, scale), writer.add(minimum, writer.mul(scale, writer.float(8))))
  const all = writer.reshape(writer.op('Concat', [lower, upper], { axis: 1 }), groups * GROUP, -1)
  return columns === groups * GROUP ? all : writer.slice(all, 0, 0, columns)
}

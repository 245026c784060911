/**
 * Cutting tensors once others are there. ONNX Runtime orders a model's nodes by what they read alone, and does what reads no
 * activation first: parts that are meant to be made one after another, each in the memory of the one before, have to say so.
 */
import type { OnnxWriter } from './writer.ts'

/** Elements [begin, end) of one axis; `end` may lie beyond it. Not before all tensors of `after` are there. */
export function cutAfter(tensor: string, axis: number, begin: number, end: number, after: readonly string[], writer: OnnxWriter): string {
  const zero = zeroAfter(after, writer)
  const from = begin === 0 ? zero : writer.add(zero, writer.longs(begin))
  return writer.op('Slice', [tensor, from, writer.longs(end), writer.longs(axis)])
}

/** int64 [1]: the smallest of some counts of rows and 0. */
function zeroAfter(tensors: readonly string[], writer: OnnxWriter): string {
  const rows = tensors.map((tensor) => writer.shared(`row count ${tensor}`, () => writer.slice(writer.op('Shape', [tensor]), 0, 0, 1)))
  return writer.shared(`zero after ${tensors.join()}`, () => writer.op('Min', [...rows, writer.longs(0)]))
}

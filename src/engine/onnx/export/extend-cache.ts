/** extendCache: keys or values of earlier runs with those of this run's tokens after them. Only in exported models. */
import { HomespunError } from '../../../errors.ts'
import { elementCount, inputAt, requireShape, type Op } from '../../graph.ts'
import { headsKey } from '../../ops/attention/onnx.ts'

export interface ExtendCacheAttributes {
  readonly heads: number
}

/**
 * past [blocks, heads, P, D], rows [blocks · N, heads · D] → the same with both [blocks, heads, P + N, D], and its rows
 * [blocks · (P + N), heads · D] as attention reads them. Carries no gradient.
 */
export const extendCache: Op<ExtendCacheAttributes> = {
  name: 'extendCache',
  outputs([past, rows], { heads }) {
    requireShape(past?.shape.length === 4 && rows?.shape.length === 2, 'extendCache', 'needs what there was, and rows')
    const [blocks = 0, pastHeads, length = 0, headDim = 0] = past.shape
    requireShape(pastHeads === heads && rows.shape[1] === heads * headDim, 'extendCache', 'heads have another width')
    const tokens = length + rows.shape[0]! / blocks
    return [
      { shape: [blocks, heads, tokens, headDim], dtype: 'f32' },
      { shape: [blocks * tokens, heads * headDim], dtype: 'f32' },
    ]
  },
  kernels() {
    throw new HomespunError('export-only', 'extendCache belongs to exported models, and WebGPU does not run it.')
  },
  onnx(node, writer) {
    const { heads } = node.attributes
    const headDim = elementCount(inputAt(node, 1).shape) / inputAt(node, 1).shape[0]! / heads
    const added = writer.transpose(writer.byBlock(writer.of(node.inputs[1]), -1, heads, headDim), 0, 2, 1, 3)
    const all = writer.op('Concat', [writer.of(node.inputs[0]), added], { axis: 2 })
    const rows = writer.reshape(writer.transpose(all, 0, 2, 1, 3), -1, heads * headDim)
    // Attention takes the heads as they are; where nothing else reads them, the rows are never made.
    writer.shared(headsKey(rows), () => all)
    writer.define(node.outputs[0]!, all)
    writer.define(node.outputs[1]!, rows)
  },
}

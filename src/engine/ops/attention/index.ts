/**
 * attention: softmax(scale · q·kᵀ)·v for each head, over the keys each query may see, without ever storing the scores
 * (online softmax: Milakov & Gimelshein 2018; backward from the log-sum-exp: Dao et al., "FlashAttention", 2022).
 *
 * What a query sees is one range of key rows. Causality, packed examples, sliding windows, padding and a KV cache are all
 * ranges, so there is no mask. A score may have a bias that hangs on how far the key is from the query, in rows: an example
 * lies in consecutive rows, so these are positions (Raffel et al., "T5", 2020).
 */
import { requireShape, sameShape, type Op } from '../../graph.ts'
import type { AttentionAttributes } from './attributes.ts'
import { emitAttentionBackward } from './backward.ts'
import { emitAttentionForward } from './forward.ts'
import { attentionGradientOnnx, attentionOnnx } from './onnx.ts'
import { attentionTfjs } from './tfjs.ts'

/**
 * q [Nq, heads·D], k and v [Nk, kvHeads·D], keyRange u32 [Nq, 2] (first row, row after the last), queryRange u32 [Nk, 2] (the
 * range of queries that see the key: exactly the inverse; needed for the gradient alone), bias [R, heads] if there is one
 * (see `RelativePositions`; it has no gradient) → out [Nq, heads·D], log-sum-exp [Nq, heads].
 */
export const attention: Op<AttentionAttributes> = {
  name: 'attention',
  outputs([q, k, v, keyRange, , bias], { heads, kvHeads, headDim, relative }) {
    requireShape(q?.shape[1] === heads * headDim, 'attention', 'queries have another width')
    requireShape(k?.shape[1] === kvHeads * headDim && v !== undefined && sameShape(k.shape, v.shape), 'attention', 'keys and values have another width')
    requireShape(heads % kvHeads === 0, 'attention', 'key heads do not divide the heads')
    requireShape(keyRange !== undefined && keyRange.shape[0] === q.shape[0] && keyRange.shape[1] === 2, 'attention', 'a key range for each query is needed')
    requireShape(!bias === !relative && (!bias || bias.shape[1] === heads), 'attention', 'the bias needs a column for each head')
    return [
      { shape: q.shape, dtype: 'f32' },
      { shape: [q.shape[0]!, heads], dtype: 'f32' },
    ]
  },
  gradient(graph, node, [dOut, dLogSum], wanted) {
    requireShape(dLogSum === undefined, 'attention', 'the log-sum-exp has no gradient')
    requireShape(!wanted[5], 'attention', 'the bias has no gradient')
    requireShape(node.inputs[4] !== undefined, 'attention', 'the gradient needs the range of queries of each key')
    if (!dOut) return []
    const [q, k, v, keyRange, queryRange, bias] = node.inputs
    return graph.apply(attentionGradient, [dOut, q, k, v, keyRange, queryRange, node.outputs[0], node.outputs[1], bias], node.attributes)
  },
  kernels: emitAttentionForward,
  onnx: attentionOnnx,
  tfjs: attentionTfjs,
}

/** Inputs dOut, q, k, v, keyRange, queryRange, out, log-sum-exp, bias if there is one; outputs dq, dk, dv. */
export const attentionGradient: Op<AttentionAttributes> = {
  name: 'attentionGradient',
  outputs([dOut, q, k, v]) {
    requireShape(dOut !== undefined && q !== undefined && k !== undefined && v !== undefined, 'attentionGradient', 'inputs are missing')
    return [q, k, v].map(({ shape }) => ({ shape, dtype: 'f32' as const }))
  },
  kernels: emitAttentionBackward,
  onnx: attentionGradientOnnx,
}

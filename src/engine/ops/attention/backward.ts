/**
 * The backward kernels: one over queries (dq), one over keys (dk, dv). Both recompute the probabilities from the
 * log-sum-exp, and neither needs atomics, so the result is the same every time.
 */
import { inputAt, type Node } from '../../graph.ts'
import { f32Literal, type KernelContext, type Operand } from '../../kernel.ts'
import { HeadVector } from './head-vector.ts'
import type { AttentionAttributes } from './attributes.ts'

export function emitAttentionBackward(node: Node<AttentionAttributes>, context: KernelContext): void {
  const queries = inputAt(node, 1).shape[0]!
  const delta = context.scratch(queries * node.attributes.heads)
  emitDelta(node, context, delta)
  emitQueryGradient(node, context, delta)
  emitKeyValueGradient(node, context, delta)
}

/** delta = Σ dOut·out of each query and head, which the other kernels need. */
function emitDelta(node: Node<AttentionAttributes>, context: KernelContext, delta: Operand): void {
  const { heads, headDim } = node.attributes
  const count = inputAt(node, 1).shape[0]! * heads
  const vector = new HeadVector(headDim)
  const kernel = context.kernel('attention backward, delta').read('d_out', inputAt(node, 0), vector.array)
  kernel.read('out', inputAt(node, 6), vector.array).write('delta', delta)
  kernel.forEach(count, `  let at = i * ${vector.count}u;\n  ${vector.load('g', 'd_out', 'at')}\n  delta[i] = ${vector.dotRow('g', 'out', 'at')};`)
}

/** dq: one invocation for each query and head walks its keys. */
function emitQueryGradient(node: Node<AttentionAttributes>, context: KernelContext, delta: Operand): void {
  const { heads, kvHeads, headDim, scale } = node.attributes
  const [queries, keys] = [inputAt(node, 1).shape[0]!, inputAt(node, 2).shape[0]!]
  const vector = new HeadVector(headDim)
  const kernel = context.kernel('attention backward, queries')
  kernel.read('d_out', inputAt(node, 0), vector.array).read('q', inputAt(node, 1), vector.array)
  kernel.read('k', inputAt(node, 2), vector.array).read('v', inputAt(node, 3), vector.array)
  kernel.read('key_range', inputAt(node, 4), 'array<vec2u>').read('log_sum', inputAt(node, 7)).read('delta', delta)
  kernel.write('dq', node.outputs[0]!, vector.array)
  kernel.forEach(
    queries * heads,
    `  let query = i % ${queries}u;
  let head = i / ${queries}u;
  let kv_head = (head / ${heads / kvHeads}u) * ${vector.count}u;
  let at = query * ${vector.stride(heads)}u + head * ${vector.count}u;
  ${vector.load('q', 'q', 'at')}
  ${vector.load('g', 'd_out', 'at')}
  ${vector.zero('dq')}
  let own_delta = delta[query * ${heads}u + head];
  let own_log_sum = log_sum[query * ${heads}u + head];
  let end = min(key_range[query].y, ${keys}u);
  for (var j = key_range[query].x; j < end; j++) {
    let row = j * ${vector.stride(kvHeads)}u + kv_head;
    ${vector.load('k', 'k', 'row')}
    let p = exp(${f32Literal(scale)} * (${vector.dot('q', 'k')}) - own_log_sum);
    let ds = p * (${vector.dotRow('g', 'v', 'row')} - own_delta) * ${f32Literal(scale)};
    ${vector.each((n) => `dq_${n} += ds * k_${n};`)}
  }
  ${vector.each((n) => `dq[at + ${n}u] = dq_${n};`)}`,
    { flops: queries * keys * heads * headDim * 3 },
  )
}

/** dk and dv: one invocation for each key and key head walks the queries (of every head in its group) that see it. */
function emitKeyValueGradient(node: Node<AttentionAttributes>, context: KernelContext, delta: Operand): void {
  const { heads, kvHeads, headDim, scale } = node.attributes
  const [queries, keys] = [inputAt(node, 1).shape[0]!, inputAt(node, 2).shape[0]!]
  const vector = new HeadVector(headDim)
  const group = heads / kvHeads
  for (const part of ['dk', 'dv'] as const) {
    const kernel = context.kernel(`attention backward, ${part === 'dk' ? 'keys' : 'values'}`)
    kernel.read('d_out', inputAt(node, 0), vector.array).read('q', inputAt(node, 1), vector.array).read('k', inputAt(node, 2), vector.array)
    if (part === 'dk') kernel.read('v', inputAt(node, 3), vector.array).read('delta', delta)
    kernel.read('ranges', inputAt(node, 5), 'array<vec2u>').read('log_sum', inputAt(node, 7))
    kernel.write('d', node.outputs[part === 'dk' ? 1 : 2]!, vector.array)
    const own = part === 'dk' ? vector.load('v', 'v', 'at') : ''
    const weight =
      part === 'dk'
        ? `${vector.load('q', 'q', 'row')}
      let w = exp(${f32Literal(scale)} * (${vector.dot('k', 'q')}) - log_sum[slot]) * (${vector.dotRow('v', 'd_out', 'row')} - delta[slot]) * ${f32Literal(scale)};`
        : `let w = exp(${f32Literal(scale)} * (${vector.dotRow('k', 'q', 'row')}) - log_sum[slot]);`
    const add = vector.each((n) => `d_${n} += w * ${part === 'dk' ? `q_${n}` : `d_out[row + ${n}u]`};`)
    kernel.forEach(
      keys * kvHeads,
      `  let key = i % ${keys}u;
  let kv_head = i / ${keys}u;
  let at = key * ${vector.stride(kvHeads)}u + kv_head * ${vector.count}u;
  ${vector.load('k', 'k', 'at')}
  ${own}
  ${vector.zero('d')}
  let end = min(ranges[key].y, ${queries}u);
  for (var query = ranges[key].x; query < end; query++) {
    for (var head = kv_head * ${group}u; head < (kv_head + 1u) * ${group}u; head++) {
      let row = query * ${vector.stride(heads)}u + head * ${vector.count}u;
      let slot = query * ${heads}u + head;
      ${weight}
      ${add}
    }
  }
  ${vector.each((n) => `d[at + ${n}u] = d_${n};`)}`,
      { flops: queries * keys * heads * headDim * (part === 'dk' ? 3 : 2) },
    )
  }
}
